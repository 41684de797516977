-- One row per person in the temporary table touched_person with a scan in the span: when the newest of them was.
-- first TIMESTAMP, last TIMESTAMP: both included.
SELECT person_id, MAX(scanned_at) AS last_seen
FROM scan WHERE scanned_at BETWEEN $first AND $last AND person_id IN (SELECT person_id FROM touched_person)
GROUP BY person_id
