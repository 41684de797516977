-- One row per health declaration (frame removed) is removed.
DELETE FROM declaration_row USING removed WHERE removed.batch_id = declaration_row.batch_id AND removed.line = declaration_row.line
