-- One row per dose of the temporary view considered: id, counts as it is, and stands: whether it counts. One does that says
-- another day than the current dose of that person and number, or confirms it when it was not. An edit always counts, and files are
-- compared with files: a list that is loaded again does not undo an edit.
-- Of one upload's rows of the same day only the first counts, or the first that is confirmed; confirmed ones come last.
WITH chosen AS (
    SELECT *, ROW_NUMBER() OVER (
        PARTITION BY person_id, number, batch_id, given_on ORDER BY confirmed_by IS NULL, line
    ) = 1 AS chosen
    FROM considered WHERE edit IS NULL
),
moved AS (
    SELECT id, person_id, number, batch_id, line, confirmed_by,
           given_on IS DISTINCT FROM LAG(given_on) OVER (
               PARTITION BY person_id, number ORDER BY batch_id, confirmed_by IS NOT NULL, line
           ) AS moved
    FROM chosen WHERE chosen
),
run AS (
    -- rows in a row that say the same day
    SELECT *, SUM(CASE WHEN moved THEN 1 ELSE 0 END) OVER (
        PARTITION BY person_id, number ORDER BY batch_id, confirmed_by IS NOT NULL, line
    ) AS run
    FROM moved
),
standing AS (
    SELECT id, moved OR (confirmed_by IS NOT NULL AND COUNT(confirmed_by) OVER (
        PARTITION BY person_id, number, run ORDER BY batch_id, confirmed_by IS NOT NULL, line
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) = 0) AS stands
    FROM run
)
SELECT c.id, c.counts, c.edit IS NOT NULL OR COALESCE(s.stands, FALSE) AS stands
FROM considered c LEFT JOIN standing s ON s.id = c.id
