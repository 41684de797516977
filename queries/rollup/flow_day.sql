-- One row per (day, location, kind) with a scan, and per (day, kind) with location 0, for the days in the temporary table touched.
-- Counting people who are told apart already is much cheaper than counting them apart in every scan.
-- first DATE, last DATE: bounds of touched, both included.
WITH present AS (
    SELECT CAST(s.scanned_at AS DATE) AS day, s.location_id, s.person_id, COUNT(*) AS scans
    FROM passage s
    WHERE s.scanned_at >= $first AND s.scanned_at < $last + INTERVAL '1' DAY
      AND CAST(s.scanned_at AS DATE) IN (SELECT day FROM touched)
    GROUP BY 1, 2, 3
), told AS (
    SELECT p.day, p.location_id, p.person_id, p.scans,
           CASE WHEN t.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind
    FROM present p
    LEFT JOIN staff t ON t.person_id = p.person_id
        AND (t.started IS NULL OR t.started <= p.day) AND (t.ended IS NULL OR t.ended >= p.day)
)
SELECT day, location_id, kind, CAST(COUNT(*) AS INTEGER) AS people, CAST(SUM(scans) AS INTEGER) AS scans
FROM told GROUP BY day, location_id, kind
UNION ALL
SELECT day, 0, kind, CAST(COUNT(*) AS INTEGER), CAST(SUM(scans) AS INTEGER)
FROM (SELECT day, kind, person_id, SUM(scans) AS scans FROM told GROUP BY day, kind, person_id)
GROUP BY day, kind
