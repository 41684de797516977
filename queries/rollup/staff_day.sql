-- One row per (day, staff member) with a scan or a declaration, for the days in the temporary table touched.
-- A scan of unknown direction counts as in. first DATE, last DATE: bounds of touched, both included.
SELECT f.day, f.person_id,
       CAST(SUM(f.scan_in) AS INTEGER) AS scans_in, CAST(SUM(f.scan_out) AS INTEGER) AS scans_out,
       MIN(f.scanned_at) AS first_scan, MAX(f.scanned_at) AS last_scan, CAST(SUM(f.declared) AS INTEGER) AS declarations
FROM (
    SELECT CAST(scanned_at AS DATE) AS day, person_id, scanned_at,
           CASE WHEN direction <> 'out' THEN 1 ELSE 0 END AS scan_in, CASE WHEN direction = 'out' THEN 1 ELSE 0 END AS scan_out,
           0 AS declared
    FROM passage WHERE scanned_at >= $first AND scanned_at < $last + INTERVAL '1' DAY
    UNION ALL
    SELECT CAST(declared_at AS DATE), person_id, NULL, 0, 0, 1
    FROM declaration WHERE declared_at >= $first AND declared_at < $last + INTERVAL '1' DAY
) f
JOIN employment t ON t.person_id = f.person_id AND f.day BETWEEN t.first_day AND t.last_day
WHERE f.day IN (SELECT day FROM touched)
GROUP BY 1, 2
