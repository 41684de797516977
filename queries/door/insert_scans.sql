-- One row per passage (frame passages) is added.
INSERT INTO scan_row (batch_id, line, person_id, location_id, scanned_at, direction, purpose)
SELECT batch_id, line, person_id, location_id, moment, direction, NULLIF(purpose, '') FROM passages ORDER BY moment, line
