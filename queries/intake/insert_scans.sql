-- One row per scan of the file (frame facts) is added, in the order of the frame: by day, location and time, as questions read them.
-- batch INTEGER.
INSERT INTO scan_row (batch_id, line, person_id, location_id, scanned_at, direction, purpose, counts)
SELECT $batch, line, person_id, location_id, scanned_at, direction, purpose, counts FROM facts
