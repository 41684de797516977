-- One row per (day, location, kind, hour) with an arrival, in order: arrivals (scans in or of unknown direction), and first: how many
-- people began their first stay of the day there in that hour. Over the hours of a day, first counts nobody twice.
-- first DATE, last DATE: both included.
SELECT h.day, h.location_id, h.kind, h.hour, h.arrivals, COALESCE(f.first, 0) AS first
FROM (
    SELECT day, location_id, kind, CAST(FLOOR(quarter / 4) AS INTEGER) AS hour, CAST(SUM(arrivals) AS INTEGER) AS arrivals
    FROM flow_quarter WHERE day BETWEEN $first AND $last AND location_id > 0
    GROUP BY day, location_id, kind, CAST(FLOOR(quarter / 4) AS INTEGER)
) h
LEFT JOIN (
    SELECT day, location_id, kind, hour, CAST(COUNT(*) AS INTEGER) AS first
    FROM (
        SELECT y.day, y.location_id, CASE WHEN s.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind,
               CAST(EXTRACT(HOUR FROM MIN(y.t_in)) AS INTEGER) AS hour
        FROM stay y
        LEFT JOIN staff s ON s.person_id = y.person_id
            AND (s.started IS NULL OR s.started <= y.day) AND (s.ended IS NULL OR s.ended >= y.day)
        WHERE y.day BETWEEN $first AND $last AND y.in_seen
        GROUP BY y.day, y.location_id, y.person_id, s.person_id
    ) p
    GROUP BY day, location_id, kind, hour
) f ON f.day = h.day AND f.location_id = h.location_id AND f.kind = h.kind AND f.hour = h.hour
WHERE h.arrivals > 0
ORDER BY h.day, h.location_id, h.kind, h.hour
