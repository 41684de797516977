-- One row per pair who are two people by decision, as the people they are now: the lower number first.
SELECT DISTINCT LEAST(person_id, other_id) AS person_id, GREATEST(person_id, other_id) AS other_id
FROM (
    SELECT COALESCE(a.person_id, d.person_id) AS person_id, COALESCE(b.person_id, d.other_id) AS other_id
    FROM apart d
    LEFT JOIN alias a ON a.alias_id = d.person_id
    LEFT JOIN alias b ON b.alias_id = d.other_id
)
WHERE person_id <> other_id
