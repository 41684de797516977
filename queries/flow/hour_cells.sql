-- One row per (day, location, staff or not, hour) with an arrival, in order: arrivals (scans in or of unknown direction), and first: how
-- many people began their first stay of the day there in that hour. Over the hours of a day, first counts nobody twice.
-- first DATE, last DATE: both included.
SELECT h.day, h.location_id, h.staff, h.hour, h.arrivals, COALESCE(f.first, 0) AS first
FROM (
    SELECT day, location_id, kind = 'staff' AS staff, CAST(FLOOR(quarter / 4) AS INTEGER) AS hour, CAST(SUM(arrivals) AS INTEGER) AS arrivals
    FROM flow_quarter WHERE day BETWEEN $first AND $last AND location_id > 0
    GROUP BY day, location_id, kind, CAST(FLOOR(quarter / 4) AS INTEGER)
) h
LEFT JOIN (
    SELECT p.day, p.location_id, s.person_id IS NOT NULL AS staff, CAST(EXTRACT(HOUR FROM p.t_in) AS INTEGER) AS hour,
           CAST(COUNT(*) AS INTEGER) AS first
    FROM (
        SELECT day, location_id, person_id, MIN(t_in) AS t_in FROM stay
        WHERE day BETWEEN $first AND $last AND in_seen GROUP BY day, location_id, person_id
    ) p
    LEFT JOIN staff s ON s.person_id = p.person_id
        AND (s.started IS NULL OR s.started <= p.day) AND (s.ended IS NULL OR s.ended >= p.day)
    GROUP BY p.day, p.location_id, s.person_id IS NOT NULL, CAST(EXTRACT(HOUR FROM p.t_in) AS INTEGER)
) f ON f.day = h.day AND f.location_id = h.location_id AND f.staff = h.staff AND f.hour = h.hour
WHERE h.arrivals > 0
ORDER BY h.day, h.location_id, h.staff, h.hour
