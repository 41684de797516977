-- One row per F1 of a drill who is still known, the most minutes first.
-- drill INTEGER.
SELECT c.person_id, p.name, p.phone_shown, c.phone, c.minutes, c.reached_at
FROM drill_contact c LEFT JOIN alias a ON a.alias_id = c.person_id
JOIN person p ON p.person_id = COALESCE(a.person_id, c.person_id)
WHERE c.drill_id = $drill
ORDER BY c.minutes DESC, c.person_id
