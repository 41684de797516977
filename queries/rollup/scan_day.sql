-- One row per (day, location, kind, direction) with a scan that counts, from how many scans there were (table scanned, quetma/present.py).
SELECT day, location_id, CASE WHEN staff THEN 'staff' ELSE 'visitor' END AS kind,
       CASE way WHEN 0 THEN 'in' WHEN 1 THEN 'out' ELSE 'unknown' END AS direction, CAST(SUM(scans) AS INTEGER) AS scans
FROM scanned GROUP BY 1, 2, 3, 4
