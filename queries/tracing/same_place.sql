-- One row per two stays of two cases at one place, the second begun when the first had ended, at most so long after: the shortest first.
-- first and second are their names, went and came when the one went and the other arrived, minutes the time between.
-- Table one_case(person_id). since TIMESTAMP, until TIMESTAMP: both stays touch this time. hours INTEGER.
-- first_day DATE, last_day DATE: days that can hold such a stay.
WITH there AS (
    SELECT s.person_id, p.name, s.location_id, s.t_in, s.t_out
    FROM stay s
    JOIN one_case c ON c.person_id = s.person_id
    JOIN person p ON p.person_id = s.person_id
    WHERE s.day BETWEEN $first_day AND $last_day AND s.t_in < $until AND s.t_out > $since
)
SELECT a.person_id AS first_id, b.person_id AS second_id, l.name AS location, a.name AS first, a.t_out AS went,
       b.name AS second, b.t_in AS came,
       -- Sail says the hours and minutes of the whole time, not what is left over the days and hours
       CAST(EXTRACT(DAY FROM b.t_in - a.t_out) * 86400 + EXTRACT(HOUR FROM b.t_in - a.t_out) % 24 * 3600
            + EXTRACT(MINUTE FROM b.t_in - a.t_out) % 60 * 60 + EXTRACT(SECOND FROM b.t_in - a.t_out) AS DOUBLE) / 60 AS minutes
FROM there a
JOIN there b ON b.location_id = a.location_id AND b.person_id <> a.person_id
    AND a.t_out <= b.t_in AND b.t_in <= a.t_out + INTERVAL '1' HOUR * $hours
JOIN location l ON l.location_id = a.location_id
ORDER BY minutes, a.t_out, a.person_id, b.person_id
