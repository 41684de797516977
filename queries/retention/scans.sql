-- One row per scan of these people on these days (frame leaving: person_id, day, anonymous_id), whichever list tells of it, and per other
-- scan of the same row of a list, as a visit past midnight has: batch_id, line, as_named, anonymous_id, moment.
SELECT r.batch_id, r.line, r.person_id AS as_named, v.anonymous_id, r.scanned_at AS moment
FROM scan_row r
JOIN (
    SELECT DISTINCT r.batch_id, r.line, r.person_id, l.anonymous_id
    FROM scan_row r
    LEFT JOIN alias a ON a.alias_id = r.person_id
    JOIN leaving l ON l.person_id = COALESCE(a.person_id, r.person_id) AND l.day = CAST(r.scanned_at AS DATE)
) v ON v.batch_id = r.batch_id AND v.line = r.line AND v.person_id = r.person_id
