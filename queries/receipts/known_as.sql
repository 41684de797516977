-- One row per identity of the list that the store knows: the person it is by now, by decision.
-- identities VARCHAR list.
SELECT p.identity, COALESCE(a.person_id, p.person_id) AS person_id
FROM person p LEFT JOIN alias a ON a.alias_id = p.person_id
WHERE LIST_CONTAINS(CAST($identities AS VARCHAR[]), p.identity)
