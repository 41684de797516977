-- One row per upload that grows at a door on these days: batch_id, kind, location_id, door, day, sha256, row_count.
-- first DATE, last DATE: both included.
SELECT batch_id, kind, location_id, door, first_day AS day, sha256, row_count
FROM batch WHERE door IS NOT NULL AND first_day BETWEEN $first AND $last
