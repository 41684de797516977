-- One row: the person with this identifier, and what the roster says of them (NULL for a visitor).
-- person BIGINT.
SELECT p.person_id, p.name, p.phone, p.birth_year, p.masked, s.position, l.name AS premises
FROM person p
LEFT JOIN staff s ON s.person_id = p.person_id
LEFT JOIN location l ON l.location_id = s.location_id
WHERE p.person_id = $person
