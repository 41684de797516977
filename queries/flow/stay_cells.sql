-- One row per (day, location, kind) with a stay whose two ends were seen, in order: people (different ones), stays, minutes (their sum).
-- first DATE, last DATE: both included.
SELECT d.day, d.location_id, d.kind, p.people, d.stays, d.minutes
FROM (
    SELECT day, location_id, kind, CAST(SUM(stays) AS INTEGER) AS stays,
           CAST(SUM(seconds) AS DOUBLE) / 60 AS minutes
    FROM flow_duration WHERE day BETWEEN $first AND $last
    GROUP BY day, location_id, kind
) d
JOIN (
    SELECT y.day, y.location_id, CASE WHEN s.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind,
           CAST(COUNT(DISTINCT y.person_id) AS INTEGER) AS people
    FROM stay y
    LEFT JOIN staff s ON s.person_id = y.person_id
        AND (s.started IS NULL OR s.started <= y.day) AND (s.ended IS NULL OR s.ended >= y.day)
    WHERE y.day BETWEEN $first AND $last AND y.in_seen AND y.out_seen
    GROUP BY y.day, y.location_id, CASE WHEN s.person_id IS NULL THEN 'visitor' ELSE 'staff' END
) p ON p.day = d.day AND p.location_id = d.location_id AND p.kind = d.kind
ORDER BY d.day, d.location_id, d.kind
