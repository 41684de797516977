-- One row per decision that holds, newest first. refuted: those of its days on which by now the person did the duty, or did not owe it.
-- told: how it reached the person concerned (handed, told, email), told_at: when first; failed: why the last e-mail did not arrive.
SELECT c.entry_id, c.person_id, p.name, p.phone_shown, s.position, l.name AS location, c.duty, c.step, c.missed, c.reason, c.decided_on,
    c.document, c.entered_at, c.entered_by,
    COALESCE((
        SELECT LIST(u.day ORDER BY u.day) FROM duty_day u
        WHERE u.person_id = c.person_id AND LIST_CONTAINS(c.missed, u.day)
            AND COALESCE(CASE c.duty WHEN 'scanned' THEN u.scanned ELSE u.declared END, TRUE)
    ), []) AS refuted,
    COALESCE((SELECT LIST(n.channel ORDER BY n.entry_id) FROM notice n WHERE n.of_entry = c.entry_id AND n.failed = ''), []) AS told,
    (SELECT MIN(n.entered_at) FROM notice_entry n WHERE n.of_entry = c.entry_id AND n.failed = '') AS told_at,
    COALESCE((SELECT n.failed FROM notice n WHERE n.of_entry = c.entry_id AND n.channel = 'email'), '') AS failed
FROM conduct c
JOIN known_person p ON p.person_id = c.person_id
LEFT JOIN staff s ON s.person_id = c.person_id
LEFT JOIN location l ON l.location_id = s.location_id
ORDER BY c.decided_on DESC, c.entry_id DESC
