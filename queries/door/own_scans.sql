-- One row per scan that counts of these people, by person, place and second: person_id, location_id, scanned_at, direction, has_in, has_out,
-- left_seen (a way out that somebody saw), listed (a row of a door register).
-- people BIGINT: a list. first TIMESTAMP, last TIMESTAMP: both included.
SELECT s.person_id, s.location_id, s.scanned_at, s.direction, s.direction = 'in' AS has_in, s.direction = 'out' AS has_out,
       s.direction = 'out' AND d.line IS NULL AS left_seen,
       s.batch_id IN (SELECT batch_id FROM batch WHERE source = 'register') AS listed
FROM scan s LEFT JOIN door_row d ON d.batch_id = s.batch_id AND d.line = s.line AND d.inferred
WHERE s.scanned_at BETWEEN $first AND $last AND list_contains(CAST($people AS BIGINT[]), s.person_id)
ORDER BY s.person_id, s.location_id, s.scanned_at
