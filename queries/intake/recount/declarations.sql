-- One row per health declaration of the temporary view considered: id, counts as it is, and stands: whether it counts. The first
-- of the same person and second does.
SELECT id, counts, ROW_NUMBER() OVER (PARTITION BY person_id, declared_at ORDER BY batch_id, line) = 1 AS stands
FROM considered
