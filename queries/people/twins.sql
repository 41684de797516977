-- One row per staff member who has not scanned on the day though it was due, while somebody else of their name has: the name.
-- Not counted are those of whom it is decided that they are two people.
-- day DATE. Table namesake(person_id, other_id): who has not (people/absent), and others of their name and birth year, where known.
WITH same AS MATERIALIZED (
    SELECT p.name, p.place, n.person_id, n.other_id
    FROM namesake n JOIN staff_person p ON p.person_id = n.person_id
    WHERE NOT EXISTS (
        SELECT 1 FROM apart a
        WHERE a.person_id = LEAST(n.other_id, n.person_id) AND a.other_id = GREATEST(n.other_id, n.person_id)
    )
),
named AS (
    SELECT *, other_id AS named_id FROM same
    UNION ALL SELECT m.*, a.alias_id FROM same m JOIN alias a ON a.person_id = m.other_id
)
SELECT DISTINCT m.name, m.place, m.person_id
FROM named m JOIN scan s ON s.named_id = m.named_id AND s.person_id = m.other_id
WHERE s.scanned_at >= CAST($day AS DATE) AND s.scanned_at < CAST($day AS DATE) + INTERVAL '1' DAY
ORDER BY m.place
