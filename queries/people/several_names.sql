-- One row per person with a phone whom uploads call by several names, in Vietnamese order: person_id, phone as shown, names.
-- Who has several is called by one at least that is not the one shown: of very many, few, and only theirs are gathered.
WITH otherwise AS (
    SELECT DISTINCT c.person_id
    FROM person_claim c JOIN person p ON p.person_id = c.person_id AND c.name <> p.name
    WHERE p.phone IS NOT NULL AND NOT p.masked AND c.name <> p.phone_shown
)
SELECT p.person_id, p.phone_shown AS phone, LIST(DISTINCT c.name ORDER BY c.name) AS names
FROM person_claim c JOIN person p ON p.person_id = c.person_id
WHERE c.person_id IN (SELECT person_id FROM otherwise) AND c.name <> p.phone_shown
GROUP BY p.person_id, p.phone_shown, p.sort_key
HAVING COUNT(DISTINCT c.name) > 1
ORDER BY p.sort_key, p.person_id
