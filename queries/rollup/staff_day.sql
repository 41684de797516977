-- One row per (day, staff member) with a scan or a declaration, for the days in the temporary table touched.
-- A scan of unknown direction counts as in. first DATE, last DATE: bounds of touched, both included.
-- Who is staff is asked of each half alone, which is quicker than of both together.
SELECT f.day, f.person_id,
       CAST(SUM(f.scan_in) AS INTEGER) AS scans_in, CAST(SUM(f.scan_out) AS INTEGER) AS scans_out,
       MIN(f.scanned_at) AS first_scan, MAX(f.scanned_at) AS last_scan, CAST(SUM(f.declared) AS INTEGER) AS declarations
FROM (
    SELECT CAST(s.scanned_at AS DATE) AS day, s.person_id, s.scanned_at,
           CASE WHEN s.direction <> 'out' THEN 1 ELSE 0 END AS scan_in, CASE WHEN s.direction = 'out' THEN 1 ELSE 0 END AS scan_out,
           0 AS declared
    FROM passage s
    JOIN employment t ON t.person_id = s.person_id AND CAST(s.scanned_at AS DATE) BETWEEN t.first_day AND t.last_day
    WHERE s.scanned_at >= $first AND s.scanned_at < $last + INTERVAL '1' DAY
    UNION ALL
    SELECT CAST(d.declared_at AS DATE), d.person_id, NULL, 0, 0, 1
    FROM declaration d
    JOIN employment t ON t.person_id = d.person_id AND CAST(d.declared_at AS DATE) BETWEEN t.first_day AND t.last_day
    WHERE d.declared_at >= $first AND d.declared_at < $last + INTERVAL '1' DAY
) f
WHERE f.day IN (SELECT day FROM touched)
GROUP BY 1, 2
