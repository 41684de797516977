-- One row per place and day where a case stayed, and staff member on duty there that day (a working day, not absent) but the cases
-- themselves, with whether anybody saw them scan that day, wherever; one row without a person where nobody is known to be on duty.
-- Table infector(person_id, since, until): the cases and their windows. first_day DATE, last_day DATE: days of stays that can reach into the windows.
WITH stayed AS (
    SELECT s.location_id, GREATEST(s.t_in, i.since) AS began, LEAST(s.t_out, i.until) AS ended
    FROM stay s
    JOIN infector i ON i.person_id = s.person_id
    WHERE s.day BETWEEN $first_day AND $last_day AND s.t_in < i.until AND s.t_out > i.since
),
there AS (
    -- no stay is longer than 24 hours, so it has two days at most; midnight is no time of the day that it ends
    SELECT location_id, CAST(began AS DATE) AS day FROM stayed
    UNION
    SELECT location_id, CAST(ended AS DATE) FROM stayed WHERE ended > CAST(CAST(ended AS DATE) AS TIMESTAMP)
),
due AS ( -- at these few places
    SELECT d.day, d.location_id, d.scanned, p.person_id, p.name, p.phone, p.phone_shown, p.sort_key
    FROM duty_day d
    JOIN there t ON t.day = d.day AND t.location_id = d.location_id
    JOIN person p ON p.person_id = d.person_id
    WHERE d.day BETWEEN $first_day AND $last_day AND d.scanned IS NOT NULL
)
SELECT d.person_id, d.name, d.phone, d.phone_shown, t.day, t.location_id, l.name AS location, d.scanned
FROM there t
JOIN location l ON l.location_id = t.location_id
LEFT JOIN due d ON d.day = t.day AND d.location_id = t.location_id
WHERE d.person_id IS NULL OR d.person_id NOT IN (SELECT person_id FROM infector)
ORDER BY t.day, t.location_id, d.sort_key, d.person_id
