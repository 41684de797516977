-- One row per (day, quarter of an hour, location, kind) with a scan, and per (day, quarter, kind) with location 0, from how many passages
-- there were (table passed, quetma/present.py). quarter counts from midnight, 0 to 95.
WITH told AS (
    SELECT day, quarter, location_id, CASE WHEN staff THEN 'staff' ELSE 'visitor' END AS kind,
           SUM(CASE WHEN way = 1 THEN 0 ELSE scans END) AS arrivals, SUM(CASE WHEN way = 1 THEN scans ELSE 0 END) AS departures
    FROM passed GROUP BY 1, 2, 3, 4
)
SELECT day, quarter, location_id, kind, CAST(arrivals AS INTEGER) AS arrivals, CAST(departures AS INTEGER) AS departures FROM told
UNION ALL
SELECT day, quarter, 0, kind, CAST(SUM(arrivals) AS INTEGER), CAST(SUM(departures) AS INTEGER) FROM told GROUP BY day, quarter, kind
