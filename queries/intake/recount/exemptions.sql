-- One row per exemption of the temporary view considered: id, counts as it is, and stands: whether it counts. An edit does, and of a
-- file what says something else than the file before about the same person, duty and first day.
SELECT id, counts,
       edit IS NOT NULL OR LAG(id) OVER same IS NULL
       OR last_day IS DISTINCT FROM LAG(last_day) OVER same OR reason IS DISTINCT FROM LAG(reason) OVER same AS stands
FROM considered
WINDOW same AS (PARTITION BY person_id, duty, first_day, edit IS NULL ORDER BY batch_id, line)
