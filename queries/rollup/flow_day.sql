-- One row per (day, location, kind) with a scan, and per (day, kind) with location 0, for the days in the temporary table touched, from
-- who was where on them (table present, quetma/present.py), and how many of the scans are arrivals from the quarters of these days.
-- first DATE, last DATE: bounds of touched, both included.
WITH told AS (
    SELECT p.day, p.location_id, p.scans, p.first, CASE WHEN t.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind
    FROM present p
    LEFT JOIN staff t ON t.person_id = p.person_id
        AND (t.started IS NULL OR t.started <= p.day) AND (t.ended IS NULL OR t.ended >= p.day)
), counted AS (
    SELECT day, location_id, kind, COUNT(*) AS people, COUNT(*) FILTER (WHERE first) AS first, SUM(scans) AS scans
    FROM told GROUP BY day, location_id, kind
), figures AS (
    SELECT day, location_id, kind, people, scans FROM counted
    UNION ALL
    SELECT day, 0, kind, SUM(first), SUM(scans) FROM counted GROUP BY day, kind
), came AS (
    SELECT day, location_id, kind, SUM(arrivals) AS arrivals FROM flow_quarter
    WHERE day BETWEEN $first AND $last AND day IN (SELECT day FROM touched) GROUP BY day, location_id, kind
)
SELECT f.day, f.location_id, f.kind, CAST(f.people AS INTEGER) AS people, CAST(f.scans AS INTEGER) AS scans,
       CAST(c.arrivals AS INTEGER) AS arrivals
FROM figures f JOIN came c ON c.day = f.day AND c.location_id = f.location_id AND c.kind = f.kind
