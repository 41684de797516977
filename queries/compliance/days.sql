-- One row per working day and staff member on that day, by given name and day: each duty done or not, NULL when not due.
-- first DATE, last DATE: both included.
SELECT u.day, u.person_id, p.name, u.apps, u.vaccinated, u.declared, u.scanned
FROM duty_day u
JOIN calendar c ON c.day = u.day AND c.working
JOIN staff_person p ON p.person_id = u.person_id
WHERE u.day BETWEEN $first AND $last
ORDER BY p.place, u.day
