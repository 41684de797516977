-- One row per stay of these days, in the order of the table, for holding them in memory (quetma/tracing/held.py). sure: 2 seen, 1 inferred.
-- first_day DATE, last_day DATE: both included.
SELECT day, location_id, CAST(person_id AS INTEGER) AS person_id, t_in, t_out,
       CAST(CASE WHEN in_seen AND out_seen THEN 2 ELSE 1 END AS TINYINT) AS sure
FROM stay
WHERE day BETWEEN $first_day AND $last_day
