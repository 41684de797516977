-- One row per registered case as it is by now, newest first, with how many contacts are listed.
SELECT c.case_id, c.person_id, p.name, p.phone_shown, c.state, c.symptoms, c.signs, c.onset, c.isolated_at, c.rule, c.days_before, c.note,
    c.registered_at, c.registered_by, c.entered_at AS changed_at, c.entered_by AS changed_by,
    (SELECT COUNT(*) FROM contact k WHERE k.case_id = c.case_id AND k.person_id <> c.person_id) AS contacts
FROM registered_case c JOIN known_person p ON p.person_id = c.person_id
ORDER BY c.case_id DESC
