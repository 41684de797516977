-- One row per person who shared a place with an infector: the next step of the chain, earliest exposure first.
-- Table infector(person_id, since, until, sure): who may infect, from when and until when, and how sure that is: 2 seen, 1 inferred, 0 possible.
-- Table known(person_id): who is already in the chain. A chain is as sure as its weakest link, a person as their surest contact.
-- min_minutes INTEGER, linger INTEGER: minutes.
-- first_day DATE, last_day DATE: days that can hold such a stay (for skipping the others).
WITH presence AS (
    -- where an infector was while infectious, and the minutes the air of the place stays so
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
),
person_step AS (
    SELECT person_id, COUNT(DISTINCT infector_id) AS via, COUNT(*) AS contacts,
           MIN(began) AS exposed_at, MAX(ended) AS last_at, MIN_BY(location_id, began) AS location_id,
           SUM(EXTRACT(DAY FROM ended - began) * 86400 + EXTRACT(HOUR FROM ended - began) * 3600
               + EXTRACT(MINUTE FROM ended - began) * 60 + EXTRACT(SECOND FROM ended - began)) / 60.0 AS minutes,
           MAX(sure) AS sure
    FROM contact
    WHERE began < ended AND began + INTERVAL '1' MINUTE * $min_minutes <= ended
    GROUP BY person_id
)
SELECT t.person_id, p.name, p.phone, p.phone_shown, p.birth_year, t.minutes, t.exposed_at, t.last_at, l.name AS location, t.contacts, t.via,
       CASE WHEN p.masked OR t.sure = 0 THEN 'possible' WHEN t.sure = 2 THEN 'seen' ELSE 'inferred' END AS certainty
FROM person_step t
JOIN person p ON p.person_id = t.person_id
JOIN location l ON l.location_id = t.location_id
ORDER BY t.exposed_at, t.person_id
