-- One row per (day, location, kind) with a scan, and per (day, kind) with location 0, for the days in the temporary table touched.
-- first DATE, last DATE: bounds of touched, both included.
SELECT day, COALESCE(location_id, 0) AS location_id, kind,
       CAST(COUNT(DISTINCT person_id) AS INTEGER) AS people, CAST(COUNT(*) AS INTEGER) AS scans
FROM (
    SELECT CAST(s.scanned_at AS DATE) AS day, s.location_id, s.person_id,
           CASE WHEN t.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind
    FROM passage s
    LEFT JOIN staff t ON t.person_id = s.person_id
        AND (t.started IS NULL OR t.started <= CAST(s.scanned_at AS DATE)) AND (t.ended IS NULL OR t.ended >= CAST(s.scanned_at AS DATE))
    WHERE s.scanned_at >= $first AND s.scanned_at < $last + INTERVAL '1' DAY
      AND CAST(s.scanned_at AS DATE) IN (SELECT day FROM touched)
)
GROUP BY GROUPING SETS ((day, location_id, kind), (day, kind))
