-- One row per (day, hour) with a scan, in order: arrivals (scans in or of unknown direction) of staff and of visitors.
-- first DATE, last DATE: both included. location INTEGER: 0 is the whole unit.
SELECT day, CAST(FLOOR(quarter / 4) AS INTEGER) AS hour,
       CAST(SUM(CASE WHEN kind = 'staff' THEN arrivals ELSE 0 END) AS INTEGER) AS staff_arrivals,
       CAST(SUM(CASE WHEN kind = 'visitor' THEN arrivals ELSE 0 END) AS INTEGER) AS visitor_arrivals
FROM flow_quarter
WHERE day BETWEEN $first AND $last AND location_id = $location
GROUP BY day, CAST(FLOOR(quarter / 4) AS INTEGER)
ORDER BY day, hour
