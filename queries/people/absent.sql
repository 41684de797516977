-- One row per staff member who has not scanned on the day though it was due: person_id.
-- day DATE.
SELECT p.person_id
FROM duty_day d JOIN staff_person p ON p.person_id = d.person_id
WHERE d.day = $day AND NOT d.scanned
ORDER BY p.person_id
