-- One row of people/known per person of the list who is known.
-- people BIGINT[]: their numbers.
SELECT p.person_id, p.name, p.name_key, p.phone, p.birth_year, COALESCE(s.batch_id, 0) AS roster
FROM person p LEFT JOIN staff s ON s.person_id = p.person_id
WHERE p.person_id IN (SELECT UNNEST(CAST($people AS BIGINT[])))
  AND NOT p.masked AND p.name_key <> '' AND p.person_id NOT IN (SELECT alias_id FROM alias)
ORDER BY p.person_id
