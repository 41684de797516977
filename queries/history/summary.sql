-- One row per day and location with scans, oldest first: how many scans, by direction, and of how many people.
-- first DATE, last DATE: both included.
SELECT CAST(s.scanned_at AS DATE) AS day, l.name AS location,
       CAST(COUNT(DISTINCT s.person_id) AS INTEGER) AS people, CAST(COUNT(*) AS INTEGER) AS scans,
       CAST(COUNT(*) FILTER (WHERE s.direction = 'in') AS INTEGER) AS scans_in,
       CAST(COUNT(*) FILTER (WHERE s.direction = 'out') AS INTEGER) AS scans_out,
       CAST(COUNT(*) FILTER (WHERE s.direction = 'unknown') AS INTEGER) AS scans_unknown
FROM scan s JOIN location l ON l.location_id = s.location_id
WHERE s.scanned_at >= CAST($first AS DATE) AND s.scanned_at < CAST($last AS DATE) + INTERVAL '1' DAY
GROUP BY CAST(s.scanned_at AS DATE), l.name ORDER BY day, location
