-- One row when several declarations of one of these people are of the same second.
-- people BIGINT: a list. first TIMESTAMP, last TIMESTAMP: both included.
SELECT 1 AS same FROM declaration_row r LEFT JOIN alias a ON a.alias_id = r.person_id
WHERE r.declared_at BETWEEN $first AND $last AND list_contains(CAST($people AS BIGINT[]), COALESCE(a.person_id, r.person_id))
GROUP BY COALESCE(a.person_id, r.person_id), r.declared_at HAVING COUNT(*) > 1 LIMIT 1
