-- One row per dose given by the day to those who are staff on it, and one without a dose for who has none; by person and number.
-- day DATE.
SELECT s.person_id, d.number, d.vaccine, d.given_on, d.place AS given_at, d.lot, d.confirmed_by, b.file_name, d.line
FROM employment s
LEFT JOIN current_dose d ON d.person_id = s.person_id AND d.given_on <= $day
LEFT JOIN batch b ON b.batch_id = d.batch_id
WHERE $day BETWEEN s.first_day AND s.last_day
ORDER BY s.person_id, d.number
