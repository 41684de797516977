-- One row per stay of the day of a visitor who is not masked, in no order, for holding who came (quetma/comers.py): person_id.
-- day DATE.
SELECT CAST(y.person_id AS INTEGER) AS person_id
FROM stay y
LEFT JOIN staff s ON s.person_id = y.person_id AND (s.started IS NULL OR s.started <= y.day) AND (s.ended IS NULL OR s.ended >= y.day)
WHERE y.day = $day AND s.person_id IS NULL AND y.person_id NOT IN (SELECT person_id FROM person WHERE masked)
