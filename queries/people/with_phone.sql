-- One row per person with exactly this phone, as the person they are by decision: one or none.
-- phone VARCHAR: E.164.
SELECT r.person_id, r.name
FROM person p
LEFT JOIN alias a ON a.alias_id = p.person_id
JOIN person r ON r.person_id = COALESCE(a.person_id, p.person_id)
WHERE p.phone = $phone
