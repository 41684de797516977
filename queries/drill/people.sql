-- One row per known person with scans on these days: who a drill may pick, in a fixed order. staff: on the staff list.
-- first TIMESTAMP, last TIMESTAMP: from the one until before the other.
SELECT s.person_id, MAX(CAST(s.scanned_at AS DATE)) AS last_day, BOOL_OR(t.person_id IS NOT NULL) AS staff
FROM scan s
JOIN person p ON p.person_id = s.person_id AND NOT p.masked
LEFT JOIN staff t ON t.person_id = s.person_id
WHERE s.scanned_at >= $first AND s.scanned_at < $last
GROUP BY s.person_id
ORDER BY s.person_id
