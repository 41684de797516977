-- One row per contact behind a step of the chain: both stays as they are in the store, and the time shared, earliest first.
-- Tables and parameters as in step.sql; person BIGINT: only contacts of this person, NULL for everybody's.
WITH presence AS (
    SELECT s.person_id AS infector_id, s.location_id, GREATEST(s.t_in, i.since) AS t_in,
           LEAST(s.t_out, i.until) + INTERVAL '1' MINUTE * $linger AS t_out,
           s.t_in AS stay_in, s.t_out AS stay_out, s.in_seen, s.out_seen
    FROM stay s JOIN infector i ON i.person_id = s.person_id
    WHERE s.day BETWEEN $first_day AND $last_day AND s.t_in < i.until AND s.t_out > i.since AND i.since < i.until
),
contact AS (
    SELECT p.infector_id, s.person_id, s.location_id,
           GREATEST(p.t_in, s.t_in) AS began, LEAST(p.t_out, s.t_out) AS ended,
           p.stay_in AS infector_in, p.stay_out AS infector_out, p.in_seen AS infector_in_seen, p.out_seen AS infector_out_seen,
           s.t_in, s.t_out, s.in_seen, s.out_seen
    FROM presence p JOIN stay s ON s.location_id = p.location_id AND s.t_in < p.t_out AND s.t_out > p.t_in
    WHERE s.day BETWEEN $first_day AND $last_day AND s.person_id NOT IN (SELECT person_id FROM known)
      AND (CAST($person AS BIGINT) IS NULL OR s.person_id = CAST($person AS BIGINT))
)
SELECT c.person_id, c.infector_id, i.name AS infector, l.name AS location, c.began, c.ended,
       -- Sail says the hours and minutes of the whole time, not what is left over the days and hours
       CAST(EXTRACT(DAY FROM c.ended - c.began) * 86400 + EXTRACT(HOUR FROM c.ended - c.began) % 24 * 3600
            + EXTRACT(MINUTE FROM c.ended - c.began) % 60 * 60 + EXTRACT(SECOND FROM c.ended - c.began) AS DOUBLE) / 60 AS minutes,
       c.infector_in, c.infector_out, c.infector_in_seen, c.infector_out_seen, c.t_in, c.t_out, c.in_seen, c.out_seen
FROM contact c
JOIN person i ON i.person_id = c.infector_id
JOIN location l ON l.location_id = c.location_id
WHERE c.began < c.ended AND c.began + INTERVAL '1' MINUTE * $min_minutes <= c.ended
ORDER BY c.began, c.infector_id, c.person_id
