-- One row per day of the calendar, oldest first; a day without scans has zeros. Arrivals are scans in or of unknown direction,
-- departures are scans out, people are different people that day.
-- first DATE, last DATE: both included. location INTEGER: 0 is the whole unit.
SELECT c.day, c.working, COALESCE(c.holiday, '') AS holiday,
       COALESCE(d.staff_arrivals, 0) AS staff_arrivals, COALESCE(d.visitor_arrivals, 0) AS visitor_arrivals,
       COALESCE(d.staff_departures, 0) AS staff_departures, COALESCE(d.visitor_departures, 0) AS visitor_departures,
       COALESCE(d.staff_people, 0) AS staff_people, COALESCE(d.visitor_people, 0) AS visitor_people
FROM calendar c
LEFT JOIN (
    SELECT day,
           CAST(SUM(CASE WHEN kind = 'staff' THEN arrivals ELSE 0 END) AS INTEGER) AS staff_arrivals,
           CAST(SUM(CASE WHEN kind = 'visitor' THEN arrivals ELSE 0 END) AS INTEGER) AS visitor_arrivals,
           CAST(SUM(CASE WHEN kind = 'staff' THEN scans - arrivals ELSE 0 END) AS INTEGER) AS staff_departures,
           CAST(SUM(CASE WHEN kind = 'visitor' THEN scans - arrivals ELSE 0 END) AS INTEGER) AS visitor_departures,
           CAST(SUM(CASE WHEN kind = 'staff' THEN people ELSE 0 END) AS INTEGER) AS staff_people,
           CAST(SUM(CASE WHEN kind = 'visitor' THEN people ELSE 0 END) AS INTEGER) AS visitor_people
    FROM flow_day
    WHERE day BETWEEN $first AND $last AND location_id = $location
    GROUP BY day
) d ON d.day = c.day
WHERE c.day BETWEEN $first AND $last
ORDER BY c.day
