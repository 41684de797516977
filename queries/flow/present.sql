-- One row per person who may still be there, with a stay of the day or the day before that nobody saw end: person_id, name, phone.
-- day DATE.
SELECT person_id, name, phone_shown AS phone FROM person
WHERE person_id IN (SELECT person_id FROM stay WHERE day BETWEEN CAST($day - INTERVAL '1' DAY AS DATE) AND $day AND NOT out_seen)
