-- One row per location, by name; one without scans has zeros. Arrivals are scans in or of unknown direction, departures scans out.
-- stays, minutes: those with both ends seen, and their sum. peak: the most people who were there at once, first on peak_on; NULL when
-- nobody was. capacity NULL: not said.
-- first DATE, last DATE: both included. kind VARCHAR: whose arrivals, departures and stays; staff, visitor or all.
SELECT l.location_id, l.name, l.capacity,
       COALESCE(h.staff_arrivals, 0) AS staff_arrivals, COALESCE(h.visitor_arrivals, 0) AS visitor_arrivals,
       COALESCE(h.staff_departures, 0) AS staff_departures, COALESCE(h.visitor_departures, 0) AS visitor_departures,
       COALESCE(d.stays, 0) AS stays, COALESCE(d.minutes, 0) AS minutes, p.peak, MIN(q.day) AS peak_on
FROM location l
LEFT JOIN (
    SELECT location_id,
           CAST(SUM(CASE WHEN kind = 'staff' THEN arrivals ELSE 0 END) AS INTEGER) AS staff_arrivals,
           CAST(SUM(CASE WHEN kind = 'visitor' THEN arrivals ELSE 0 END) AS INTEGER) AS visitor_arrivals,
           CAST(SUM(CASE WHEN kind = 'staff' THEN scans - arrivals ELSE 0 END) AS INTEGER) AS staff_departures,
           CAST(SUM(CASE WHEN kind = 'visitor' THEN scans - arrivals ELSE 0 END) AS INTEGER) AS visitor_departures
    FROM flow_day
    WHERE location_id > 0 AND day BETWEEN $first AND $last AND ($kind = 'all' OR kind = $kind)
    GROUP BY location_id
) h ON h.location_id = l.location_id
LEFT JOIN (
    SELECT location_id, CAST(SUM(stays) AS INTEGER) AS stays, CAST(SUM(seconds) AS DOUBLE) / 60 AS minutes
    FROM stay_day
    WHERE day BETWEEN $first AND $last AND ($kind = 'all' OR kind = $kind)
    GROUP BY location_id
) d ON d.location_id = l.location_id
LEFT JOIN (
    SELECT location_id, MAX(people) AS peak FROM flow_peak WHERE day BETWEEN $first AND $last GROUP BY location_id
) p ON p.location_id = l.location_id
LEFT JOIN flow_peak q ON q.location_id = l.location_id AND q.people = p.peak AND q.day BETWEEN $first AND $last
GROUP BY l.location_id, l.name, l.name_key, l.capacity, h.staff_arrivals, h.visitor_arrivals, h.staff_departures, h.visitor_departures,
         d.stays, d.minutes, p.peak
ORDER BY l.name_key
