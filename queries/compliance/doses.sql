-- One row per current dose of everybody who is or was staff, by person and number.
SELECT d.person_id, d.number, d.given_on, d.vaccine, d.confirmed_by
FROM current_dose d
WHERE d.person_id IN (SELECT person_id FROM employment)
ORDER BY d.person_id, d.number
