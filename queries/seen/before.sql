-- One row per person in the table lost(person_id) with a scan in the span: when the newest of them was.
-- since TIMESTAMP: included. until TIMESTAMP: not included.
SELECT person_id, MAX(scanned_at) AS last_seen
FROM scan WHERE scanned_at >= $since AND scanned_at < $until AND person_id IN (SELECT person_id FROM lost)
GROUP BY person_id
