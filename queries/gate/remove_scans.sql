-- One row per passage (frame removed) is removed.
DELETE FROM scan_row USING removed WHERE removed.batch_id = scan_row.batch_id AND removed.line = scan_row.line
