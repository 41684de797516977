-- One row per passage (frame forgotten) is changed: what was known of it besides the scan is gone.
UPDATE door_row SET host = '', came_from = '', note = '', entry_id = NULL
FROM forgotten f WHERE f.batch_id = door_row.batch_id AND f.line = door_row.line
