-- One row per check-in by a printed code after it was retired, newest first: who scans it may not stand at the door.
-- first DATE, last DATE: both included. names BOOLEAN: false leaves name and phone NULL and does not read them.
SELECT r.scanned_at, COALESCE(a.person_id, r.person_id) AS person_id, n.name, n.phone_shown AS phone, l.name AS location, p.version,
       p.retired_at, p.retired_why, r.direction
FROM door_row d
JOIN poster p ON p.poster_id = d.poster_id
JOIN scan_row r ON r.batch_id = d.batch_id AND r.line = d.line
JOIN location l ON l.location_id = p.location_id
LEFT JOIN alias a ON a.alias_id = r.person_id
LEFT JOIN person n ON n.person_id = COALESCE(a.person_id, r.person_id) AND $names
WHERE r.scanned_at >= p.retired_at AND r.scanned_at >= $first AND r.scanned_at < $last + INTERVAL '1' DAY
ORDER BY r.scanned_at DESC, person_id
