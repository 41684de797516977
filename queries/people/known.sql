-- One row per known person: not masked, and not by a decision or rule somebody else.
-- roster: the upload of their row on the staff list, 0 for a visitor.
SELECT p.person_id, p.name, p.name_key, p.phone, p.birth_year, COALESCE(s.batch_id, 0) AS roster
FROM person p LEFT JOIN staff s ON s.person_id = p.person_id
WHERE NOT p.masked AND p.name_key <> '' AND p.person_id NOT IN (SELECT alias_id FROM alias)
ORDER BY p.person_id
