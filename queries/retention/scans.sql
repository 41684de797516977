-- One row per scan of these people on these days (frame leaving: person_id, day, anonymous_id), whichever list tells of it: batch_id,
-- line, as_named, anonymous_id, moment.
SELECT r.batch_id, r.line, r.person_id AS as_named, l.anonymous_id, r.scanned_at AS moment
FROM scan_row r
LEFT JOIN alias a ON a.alias_id = r.person_id
JOIN leaving l ON l.person_id = COALESCE(a.person_id, r.person_id) AND l.day = CAST(r.scanned_at AS DATE)
