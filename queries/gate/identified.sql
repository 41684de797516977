-- One row, or none: who has this identity, by now.
-- identity VARCHAR.
SELECT COALESCE(a.person_id, p.person_id) AS person_id
FROM person p LEFT JOIN alias a ON a.alias_id = p.person_id WHERE p.identity = $identity
