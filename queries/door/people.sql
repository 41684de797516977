-- One row per person of these numbers whom the store knows: person_id, really_id (who they really are), name, birth_year.
-- people BIGINT: a list.
SELECT p.person_id, COALESCE(a.person_id, p.person_id) AS really_id, p.name, p.birth_year
FROM person p LEFT JOIN alias a ON a.alias_id = p.person_id
WHERE p.person_id IN (SELECT UNNEST(CAST($people AS BIGINT[])))
