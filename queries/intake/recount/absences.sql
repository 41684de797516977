-- One row per absence of the temporary view considered: id, counts as it is, and stands: whether it counts. The first of the same
-- person, reason and days does.
SELECT id, counts,
       ROW_NUMBER() OVER (PARTITION BY person_id, reason, first_day, last_day, half_first, half_last ORDER BY batch_id, line) = 1 AS stands
FROM considered
