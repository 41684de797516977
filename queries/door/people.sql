-- One row per person of these numbers whom the store knows: person_id, really_id (who they really are), name, birth_year, staff (whether on
-- the staff list), started and ended (since when and until when they are staff there; NULL: always).
-- people BIGINT: a list.
SELECT p.person_id, COALESCE(a.person_id, p.person_id) AS really_id, p.name, p.birth_year, s.person_id IS NOT NULL AS staff, s.started, s.ended
FROM person p
LEFT JOIN alias a ON a.alias_id = p.person_id
LEFT JOIN staff s ON s.person_id = COALESCE(a.person_id, p.person_id)
WHERE list_contains(CAST($people AS BIGINT[]), p.person_id)
