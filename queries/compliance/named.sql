-- One row per person who is or was on the staff list, by given name.
SELECT person_id, name FROM staff_person ORDER BY place
