-- One row per decision that was ever made, newest first, also those taken back: when, by whom and why (NULL: it holds).
-- person_id BIGINT: of this person; 0: of everybody.
SELECT c.entry_id, COALESCE(a.person_id, c.person_id) AS person_id, p.name, c.duty, c.step, c.missed, c.reason, c.decided_on, c.document,
    c.entered_at, c.entered_by, b.entered_at AS taken_back_at, b.entered_by AS taken_back_by, b.reason AS taken_back_why
FROM conduct_entry c
LEFT JOIN alias a ON a.alias_id = c.person_id
JOIN known_person p ON p.person_id = COALESCE(a.person_id, c.person_id)
LEFT JOIN conduct_entry b ON b.of_entry = c.entry_id
WHERE c.of_entry IS NULL AND $person_id IN (0, COALESCE(a.person_id, c.person_id))
ORDER BY c.decided_on DESC, c.entry_id DESC
