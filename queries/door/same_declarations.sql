-- One row when several declarations of somebody in the temporary table touched_person are of the same second.
-- first TIMESTAMP, last TIMESTAMP: both included.
SELECT 1 AS same FROM declaration_row r LEFT JOIN alias a ON a.alias_id = r.person_id
WHERE r.declared_at BETWEEN $first AND $last AND COALESCE(a.person_id, r.person_id) IN (SELECT person_id FROM touched_person)
GROUP BY COALESCE(a.person_id, r.person_id), r.declared_at HAVING COUNT(*) > 1 LIMIT 1
