-- One row per scan (frame forgotten) is changed: it is somebody's of whom nothing is known.
UPDATE scan_row SET person_id = f.anonymous_id, purpose = NULL
FROM forgotten f WHERE f.batch_id = scan_row.batch_id AND f.line = scan_row.line
