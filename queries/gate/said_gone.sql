-- One row per passage that nobody saw and somebody said must have been, newest first.
-- first DATE.
SELECT g.entry_id AS entry, p.name, l.name AS location, g.scanned_at AS left_at, g.entered_by AS by
FROM said_gone g
JOIN person p ON p.person_id = g.person_id
JOIN location l ON l.location_id = g.location_id
WHERE g.scanned_at >= $first AND g.entry_id IS NOT NULL
ORDER BY g.scanned_at DESC, p.sort_key
