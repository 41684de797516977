-- One row per staff member on the day, by given name, with the badge that holds; token and issued_at NULL without one.
-- day DATE.
SELECT s.person_id, p.name, s.position, l.name AS location, b.token, b.issued_at
FROM staff s
JOIN staff_person p ON p.person_id = s.person_id
JOIN location l ON l.location_id = s.location_id
LEFT JOIN badge_held b ON b.person_id = s.person_id AND b.revoked_at IS NULL
WHERE (s.started IS NULL OR s.started <= $day) AND (s.ended IS NULL OR s.ended >= $day)
ORDER BY p.place
