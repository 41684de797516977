-- One row per person with a stay that began on the day or the day before: person_id, name, phone.
-- day DATE.
SELECT person_id, name, phone_shown AS phone FROM person
WHERE person_id IN (SELECT person_id FROM stay WHERE day BETWEEN CAST($day - INTERVAL '1' DAY AS DATE) AND $day)
