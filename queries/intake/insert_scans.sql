-- One row per scan of the file (frame facts) is added, in the order that questions read them: by day, location and time.
-- batch INTEGER.
INSERT INTO scan_row (batch_id, line, person_id, location_id, scanned_at, direction, purpose, counts)
SELECT $batch, line, person_id, location_id, scanned_at, direction, purpose, counts FROM facts
ORDER BY CAST(scanned_at AS DATE), location_id, scanned_at, line
