-- One row per person of that name, tones aside, who is not masked: person_id, name, birth_year.
-- name_key VARCHAR: folded.
SELECT DISTINCT q.person_id, q.name, q.birth_year
FROM person p
LEFT JOIN alias a ON a.alias_id = p.person_id
JOIN person q ON q.person_id = COALESCE(a.person_id, p.person_id) AND NOT q.masked
WHERE p.name_key = $name_key AND NOT p.masked
ORDER BY q.person_id
