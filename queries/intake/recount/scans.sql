-- One row per scan of the temporary view considered: id, counts as it is, and stands: whether it counts. The first of the same
-- person, location, direction and second does.
SELECT id, counts,
       ROW_NUMBER() OVER (
           PARTITION BY person_id, location_id, scanned_at, direction ORDER BY batch_id, line
       ) = 1 AS stands
FROM considered
