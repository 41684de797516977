-- One row per staff member on the day: each duty done or not, NULL when not due (queries/rollup/duty_day.sql). No names.
-- day DATE.
SELECT day, person_id, location_id, position, apps, vaccinated, declared, scanned
FROM duty_day WHERE day = $day ORDER BY person_id
