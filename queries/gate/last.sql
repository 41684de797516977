-- One row, or none: the last scan of somebody until a moment; entry_id NULL when it was not entered at the gate.
-- person BIGINT, since TIMESTAMP, at TIMESTAMP: both included.
SELECT s.direction, s.location_id, s.scanned_at, d.entry_id
FROM scan s LEFT JOIN door_row d ON d.batch_id = s.batch_id AND d.line = s.line
WHERE s.person_id = $person AND s.scanned_at BETWEEN $since AND $at
ORDER BY s.scanned_at DESC, CASE WHEN s.direction = 'out' THEN 1 ELSE 0 END, s.batch_id DESC, s.line DESC
LIMIT 1
