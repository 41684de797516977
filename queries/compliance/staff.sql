-- One row per staff member on the day, by given name: who they are.
-- day DATE.
SELECT s.person_id, p.name, s.position, l.name AS location
FROM employment s
JOIN staff_person p ON p.person_id = s.person_id
JOIN location l ON l.location_id = s.location_id
WHERE $day BETWEEN s.first_day AND s.last_day
ORDER BY p.place
