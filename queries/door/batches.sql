-- One row per upload that grows at a door on these days: batch_id, kind, location_id, door, day, sha256, last_line (a passage that was
-- taken back leaves its number empty).
-- first DATE, last DATE: both included.
SELECT b.batch_id, b.kind, b.location_id, b.door, b.first_day AS day, b.sha256, GREATEST(b.row_count, COALESCE(MAX(d.line), 0)) AS last_line
FROM batch b LEFT JOIN door_row d ON d.batch_id = b.batch_id AND b.kind = 'scans'
WHERE b.door IS NOT NULL AND b.first_day BETWEEN $first AND $last
GROUP BY b.batch_id, b.kind, b.location_id, b.door, b.first_day, b.sha256, b.row_count
