-- One row per location, by name; one without scans has zeros. Arrivals are scans in or of unknown direction, departures scans out.
-- first DATE, last DATE: both included.
SELECT l.location_id, l.name,
       CAST(SUM(CASE WHEN h.kind = 'staff' THEN h.arrivals ELSE 0 END) AS INTEGER) AS staff_arrivals,
       CAST(SUM(CASE WHEN h.kind = 'visitor' THEN h.arrivals ELSE 0 END) AS INTEGER) AS visitor_arrivals,
       CAST(SUM(CASE WHEN h.kind = 'staff' THEN h.departures ELSE 0 END) AS INTEGER) AS staff_departures,
       CAST(SUM(CASE WHEN h.kind = 'visitor' THEN h.departures ELSE 0 END) AS INTEGER) AS visitor_departures
FROM location l
LEFT JOIN flow_hour h ON h.location_id = l.location_id AND h.day BETWEEN $first AND $last
GROUP BY l.location_id, l.name, l.name_key
ORDER BY l.name_key
