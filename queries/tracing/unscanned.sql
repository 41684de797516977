-- One row per (staff member, day, location): on duty at their location on a day when a case stayed there, without any scan that day.
-- Table infector(person_id, since, until): the cases and their windows. first_day DATE, last_day DATE: days of stays that can reach into the windows.
WITH there AS (
    SELECT DISTINCT d.day, s.location_id
    FROM stay s
    JOIN infector i ON i.person_id = s.person_id
    JOIN calendar d ON d.day BETWEEN s.day AND CAST(s.t_out AS DATE)
    WHERE s.day BETWEEN $first_day AND $last_day AND s.t_in < i.until AND s.t_out > i.since
      AND LEAST(s.t_out, i.until) > CAST(d.day AS TIMESTAMP)
      AND GREATEST(s.t_in, i.since) < CAST(d.day AS TIMESTAMP) + INTERVAL '24' HOUR
)
SELECT p.person_id, p.name, p.phone, p.phone_shown, t.day, t.location_id, l.name AS location
FROM there t
JOIN duty_day d ON d.day = t.day AND d.location_id = t.location_id AND d.scanned = FALSE
JOIN person p ON p.person_id = d.person_id
JOIN location l ON l.location_id = t.location_id
WHERE d.person_id NOT IN (SELECT person_id FROM infector)
ORDER BY t.day, t.location_id, p.sort_key, p.person_id
