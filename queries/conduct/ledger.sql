-- One row per decision that holds, newest first.
SELECT c.entry_id, c.person_id, p.name, p.phone_shown, s.position, l.name AS location, c.duty, c.step, c.missed, c.reason, c.decided_on,
    c.document, c.entered_at, c.entered_by
FROM conduct c
JOIN known_person p ON p.person_id = c.person_id
LEFT JOIN staff s ON s.person_id = c.person_id
LEFT JOIN location l ON l.location_id = s.location_id
ORDER BY c.decided_on DESC, c.entry_id DESC
