-- One row per number of the list, as uploads name people, and place where that one scanned: scans, first_seen, last_seen.
-- numbers BIGINT list.
SELECT named_id, location_id, COUNT(*) AS scans, MIN(scanned_at) AS first_seen, MAX(scanned_at) AS last_seen
FROM scan WHERE named_id IN (SELECT UNNEST(CAST($numbers AS BIGINT[])))
GROUP BY named_id, location_id ORDER BY named_id, location_id
