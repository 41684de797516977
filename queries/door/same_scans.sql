-- One row when several rows of scans are the same passage of somebody in the temporary table touched_person.
-- first TIMESTAMP, last TIMESTAMP: both included.
SELECT 1 AS same FROM scan_row r LEFT JOIN alias a ON a.alias_id = r.person_id
WHERE r.scanned_at BETWEEN $first AND $last AND COALESCE(a.person_id, r.person_id) IN (SELECT person_id FROM touched_person)
GROUP BY COALESCE(a.person_id, r.person_id), r.location_id, r.scanned_at, r.direction HAVING COUNT(*) > 1 LIMIT 1
