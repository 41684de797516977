-- One row per passage (frame removed) is removed: what is known of it besides the scan.
DELETE FROM door_row USING removed WHERE removed.batch_id = door_row.batch_id AND removed.line = door_row.line
