-- One row per (day, unit beneath the root, kind) with a scan at a place of it or of a unit beneath it, for the days in the temporary table
-- touched: as flow_day for location 0, and from the same table present.
WITH told AS (
    SELECT p.day, u.unit_id, p.person_id, SUM(p.scans) AS scans
    FROM present p JOIN unit_place u ON u.location_id = p.location_id
    GROUP BY p.day, u.unit_id, p.person_id
)
SELECT p.day, p.unit_id, CASE WHEN t.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind,
       CAST(COUNT(*) AS INTEGER) AS people, CAST(SUM(p.scans) AS INTEGER) AS scans
FROM told p
LEFT JOIN staff t ON t.person_id = p.person_id
    AND (t.started IS NULL OR t.started <= p.day) AND (t.ended IS NULL OR t.ended >= p.day)
GROUP BY 1, 2, 3
