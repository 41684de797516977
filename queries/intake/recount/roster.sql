-- One row per roster row of the temporary view considered: id, counts as it is, and stands: whether it counts. One does that says
-- something else about the staff member than the file before it. A birth year that is left out says nothing. An edit counts.
SELECT id, counts,
       edit IS NOT NULL OR LAG(id) OVER staff IS NULL
       OR location_id IS DISTINCT FROM LAG(location_id) OVER staff
       OR position IS DISTINCT FROM LAG(position) OVER staff
       OR smartphone IS DISTINCT FROM LAG(smartphone) OVER staff
       OR started IS DISTINCT FROM LAG(started) OVER staff
       OR ended IS DISTINCT FROM LAG(ended) OVER staff
       OR since IS DISTINCT FROM LAG(since) OVER staff
       OR name IS DISTINCT FROM LAG(name) OVER staff
       OR (birth_year IS NOT NULL
           AND birth_year IS DISTINCT FROM LAG(birth_year IGNORE NULLS) OVER staff) AS stands
FROM considered
WINDOW staff AS (PARTITION BY person_id, edit IS NULL ORDER BY batch_id, line)
