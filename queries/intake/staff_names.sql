-- One row per name that a live roster gives a staff member: person_id, identity, name, and the birth year that the newest roster
-- with one gives. Finds whom a row without a phone is about.
WITH told AS (
    SELECT c.person_id, c.name, c.birth_year, c.batch_id
    FROM person_claim c JOIN batch b ON b.batch_id = c.batch_id 
    WHERE b.kind = 'roster' AND b.batch_id NOT IN (SELECT batch_id FROM repeated)
)
SELECT DISTINCT t.person_id, p.identity, t.name, y.birth_year
FROM told t
JOIN person p ON p.person_id = t.person_id
LEFT JOIN (
    SELECT person_id, ARG_MAX(birth_year, batch_id) AS birth_year FROM told WHERE birth_year IS NOT NULL GROUP BY person_id
) y ON y.person_id = t.person_id
WHERE NOT p.masked
