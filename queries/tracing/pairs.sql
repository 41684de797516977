-- One row per infector and person whom they met: when first and where, until when at last, for how many seconds in all, in how many contacts,
-- and how sure the surest is. The same contacts as in step.sql, with its tables and parameters.
WITH presence AS (
    SELECT s.person_id AS infector_id, s.location_id, GREATEST(s.t_in, i.since) AS t_in,
           LEAST(s.t_out, i.until) + INTERVAL '1' MINUTE * $linger AS t_out,
           LEAST(i.sure, CASE WHEN s.in_seen AND s.out_seen THEN 2 ELSE 1 END) AS sure
    FROM stay s JOIN infector i ON i.person_id = s.person_id
    WHERE s.day BETWEEN $first_day AND $last_day AND s.t_in < i.until AND s.t_out > i.since AND i.since < i.until
),
contact AS (
    SELECT p.infector_id, s.person_id, s.location_id,
           GREATEST(p.t_in, s.t_in) AS began, LEAST(p.t_out, s.t_out) AS ended,
           LEAST(p.sure, CASE WHEN s.in_seen AND s.out_seen THEN 2 ELSE 1 END) AS sure
    FROM presence p JOIN stay s ON s.location_id = p.location_id AND s.t_in < p.t_out AND s.t_out > p.t_in
    WHERE s.day BETWEEN $first_day AND $last_day AND s.person_id NOT IN (SELECT person_id FROM known)
)
SELECT infector_id, person_id, MIN(began) AS exposed_at, MAX(ended) AS last_at, MIN_BY(location_id, began) AS location_id, COUNT(*) AS contacts,
       -- Sail says the hours and minutes of the whole time, not what is left over the days and hours
       CAST(SUM(EXTRACT(DAY FROM ended - began) * 86400 + EXTRACT(HOUR FROM ended - began) % 24 * 3600
                + EXTRACT(MINUTE FROM ended - began) % 60 * 60 + EXTRACT(SECOND FROM ended - began)) AS BIGINT) AS seconds,
       MAX(sure) AS sure
FROM contact
WHERE began < ended AND began + INTERVAL '1' MINUTE * $min_minutes <= ended
GROUP BY infector_id, person_id
