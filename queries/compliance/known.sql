-- One row per staff member on the day asked about, by given name: who they are. started: their first day on the list, NULL when it does
-- not say. unconfirmed_on: their last dose by then that nobody has confirmed.
-- Table asked(person_id). day DATE.
SELECT s.person_id, p.name, s.position, l.name AS location, began.started, unconfirmed.given_on AS unconfirmed_on
FROM employment s
JOIN staff_person p ON p.person_id = s.person_id
JOIN location l ON l.location_id = s.location_id
LEFT JOIN (
    SELECT person_id, MAX(given_on) AS given_on FROM current_dose
    WHERE confirmed_by IS NULL AND given_on <= $day GROUP BY person_id
) unconfirmed ON unconfirmed.person_id = s.person_id
LEFT JOIN staff began ON began.person_id = s.person_id
WHERE $day BETWEEN s.first_day AND s.last_day AND s.person_id IN (SELECT person_id FROM asked)
ORDER BY p.place
