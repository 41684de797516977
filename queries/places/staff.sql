-- One row per staff member of today, by given name: name.
SELECT p.name FROM staff s JOIN staff_person p ON p.person_id = s.person_id JOIN location l ON l.location_id = s.location_id
ORDER BY p.place
