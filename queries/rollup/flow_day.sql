-- One row per (day, location, kind) with a scan, and per (day, kind) with location 0, for the days in the temporary table touched, from
-- who was where on them (table present, quetma/present.py).
WITH told AS (
    SELECT p.day, p.location_id, p.scans, p.first, CASE WHEN t.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind
    FROM present p
    LEFT JOIN staff t ON t.person_id = p.person_id
        AND (t.started IS NULL OR t.started <= p.day) AND (t.ended IS NULL OR t.ended >= p.day)
), counted AS (
    SELECT day, location_id, kind, COUNT(*) AS people, COUNT(*) FILTER (WHERE first) AS first, SUM(scans) AS scans
    FROM told GROUP BY day, location_id, kind
)
SELECT day, location_id, kind, CAST(people AS INTEGER) AS people, CAST(scans AS INTEGER) AS scans FROM counted
UNION ALL
SELECT day, 0, kind, CAST(SUM(first) AS INTEGER), CAST(SUM(scans) AS INTEGER) FROM counted GROUP BY day, kind
