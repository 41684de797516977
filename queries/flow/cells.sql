-- One row per (day, location, kind) with a scan, in order: people (different ones), arrivals (scans in or of unknown direction).
-- first DATE, last DATE: both included.
SELECT d.day, d.location_id, d.kind, d.people, COALESCE(h.arrivals, 0) AS arrivals
FROM (
    SELECT day, location_id, kind, CAST(SUM(people) AS INTEGER) AS people
    FROM flow_day WHERE day BETWEEN $first AND $last AND location_id > 0
    GROUP BY day, location_id, kind
) d
LEFT JOIN (
    SELECT day, location_id, kind, CAST(SUM(arrivals) AS INTEGER) AS arrivals
    FROM flow_quarter WHERE day BETWEEN $first AND $last AND location_id > 0
    GROUP BY day, location_id, kind
) h ON h.day = d.day AND h.location_id = d.location_id AND h.kind = d.kind
ORDER BY d.day, d.location_id, d.kind
