-- One row per (day, location, kind, direction) with a scan that counts, for the days in the temporary table touched.
-- first DATE, last DATE: bounds of touched, both included.
SELECT * FROM (
    SELECT CAST(s.scanned_at AS DATE) AS day, s.location_id, CASE WHEN t.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind,
           s.direction, CAST(COUNT(*) AS INTEGER) AS scans
    FROM scan s
    LEFT JOIN staff t ON t.person_id = s.person_id
        AND (t.started IS NULL OR t.started <= CAST(s.scanned_at AS DATE)) AND (t.ended IS NULL OR t.ended >= CAST(s.scanned_at AS DATE))
    WHERE s.scanned_at >= $first AND s.scanned_at < $last + INTERVAL '1' DAY
    GROUP BY 1, 2, 3, 4
) WHERE day IN (SELECT day FROM touched)
