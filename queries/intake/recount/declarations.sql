-- One row per health declaration of the temporary view considered: id, counts as it is, and stands: whether it counts. An edit does,
-- and of files the first of the same person and second.
SELECT id, counts,
       edit IS NOT NULL OR ROW_NUMBER() OVER (PARTITION BY person_id, declared_at, edit IS NULL ORDER BY batch_id, line) = 1 AS stands
FROM considered
