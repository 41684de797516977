-- One row per health declaration of these people on these days (frame leaving: person_id, day): batch_id, line, as_named, counts, day.
SELECT r.batch_id, r.line, r.person_id AS as_named, r.counts, l.day
FROM declaration_row r
LEFT JOIN alias a ON a.alias_id = r.person_id
JOIN leaving l ON l.person_id = COALESCE(a.person_id, r.person_id) AND l.day = CAST(r.declared_at AS DATE)
