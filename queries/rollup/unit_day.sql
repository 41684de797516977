-- One row per (day, unit beneath the root, kind) with a scan at a place of it or of a unit beneath it, for the days in the temporary table
-- touched: as flow_day for location 0, and from the same tables. first DATE, last DATE: bounds of touched, both included.
WITH told AS (
    SELECT p.day, u.unit_id, p.person_id, SUM(p.scans) AS scans
    FROM present p JOIN unit_place u ON u.location_id = p.location_id
    GROUP BY p.day, u.unit_id, p.person_id
), counted AS (
    SELECT p.day, p.unit_id, CASE WHEN t.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind,
           COUNT(*) AS people, SUM(p.scans) AS scans
    FROM told p
    LEFT JOIN staff t ON t.person_id = p.person_id
        AND (t.started IS NULL OR t.started <= p.day) AND (t.ended IS NULL OR t.ended >= p.day)
    GROUP BY 1, 2, 3
), came AS (
    SELECT q.day, u.unit_id, q.kind, SUM(q.arrivals) AS arrivals
    FROM flow_quarter q JOIN unit_place u ON u.location_id = q.location_id
    WHERE q.day BETWEEN $first AND $last AND q.day IN (SELECT day FROM touched) GROUP BY q.day, u.unit_id, q.kind
)
SELECT p.day, p.unit_id, p.kind, CAST(p.people AS INTEGER) AS people, CAST(p.scans AS INTEGER) AS scans,
       CAST(c.arrivals AS INTEGER) AS arrivals
FROM counted p JOIN came c ON c.day = p.day AND c.unit_id = p.unit_id AND c.kind = p.kind
