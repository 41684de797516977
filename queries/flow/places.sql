-- One row per location, by name; one without scans has zeros. Arrivals are scans in or of unknown direction.
-- stays, minutes: those with both ends seen, and their sum. peak: the most people who were there at once, first on peak_on; NULL when
-- nobody was. capacity NULL: not said.
-- first DATE, last DATE: both included. kind VARCHAR: whose arrivals and stays; staff, visitor or all.
SELECT l.location_id, l.name, l.capacity,
       COALESCE(h.staff_arrivals, 0) AS staff_arrivals, COALESCE(h.visitor_arrivals, 0) AS visitor_arrivals,
       COALESCE(d.stays, 0) AS stays, COALESCE(d.minutes, 0) AS minutes, p.peak, p.peak_on
FROM location l
LEFT JOIN (
    SELECT location_id,
           CAST(SUM(CASE WHEN kind = 'staff' THEN arrivals ELSE 0 END) AS INTEGER) AS staff_arrivals,
           CAST(SUM(CASE WHEN kind = 'staff' THEN 0 ELSE arrivals END) AS INTEGER) AS visitor_arrivals
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
    SELECT q.location_id, q.people AS peak, MIN(q.day) AS peak_on
    FROM flow_peak q
    JOIN (
        SELECT location_id, MAX(people) AS peak FROM flow_peak WHERE day BETWEEN $first AND $last GROUP BY location_id
    ) m ON m.location_id = q.location_id AND m.peak = q.people
    WHERE q.day BETWEEN $first AND $last GROUP BY q.location_id, q.people
) p ON p.location_id = l.location_id
ORDER BY l.name_key
