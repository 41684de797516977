-- One row per person of that name, tones aside, who is not masked: person_id, name, birth_year, staff (whether on the roster).
-- name_key VARCHAR: folded.
SELECT DISTINCT q.person_id, q.name, q.birth_year, s.person_id IS NOT NULL AS staff
FROM person p
LEFT JOIN alias a ON a.alias_id = p.person_id
JOIN person q ON q.person_id = COALESCE(a.person_id, p.person_id) AND NOT q.masked
LEFT JOIN staff s ON s.person_id = q.person_id AND s.ended IS NULL
WHERE p.name_key = $name_key AND NOT p.masked
ORDER BY q.person_id
