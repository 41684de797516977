-- One row per staff member who has not scanned on the day though it was due, while somebody else of their name has: the name.
-- Not counted are those with another birth year, and of whom it is decided that they are two people. Masked names are nobody's.
-- day DATE.
WITH same AS MATERIALIZED (
    SELECT p.name, p.place, p.person_id, o.person_id AS other_id
    FROM duty_day d
    JOIN staff_person p ON p.person_id = d.person_id
    JOIN person o ON o.name_key = p.name_key AND o.person_id <> p.person_id AND NOT o.masked
        AND COALESCE(o.birth_year = p.birth_year, TRUE)
    WHERE d.day = $day AND NOT d.scanned
      AND NOT EXISTS (
          SELECT 1 FROM apart a
          WHERE a.person_id = LEAST(o.person_id, p.person_id) AND a.other_id = GREATEST(o.person_id, p.person_id)
      )
)
SELECT DISTINCT m.name, m.place, m.person_id
FROM same m JOIN scan s ON s.person_id = m.other_id
WHERE s.scanned_at >= CAST($day AS DATE) AND s.scanned_at < CAST($day AS DATE) + INTERVAL '1' DAY
ORDER BY m.place
