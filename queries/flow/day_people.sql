-- One row per stay that began on the day, in order of time. in_at and out_at are NULL when that end was not scanned.
-- day DATE. location INTEGER: 0 is the whole unit. kind VARCHAR: staff, visitor or all.
SELECT d.person_id, p.name, p.phone_shown AS phone, d.kind, l.name AS location, d.in_at, d.out_at
FROM (
    SELECT y.person_id, y.location_id, y.t_in, y.t_out, CASE WHEN s.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind,
           CASE WHEN y.in_seen THEN y.t_in END AS in_at, CASE WHEN y.out_seen THEN y.t_out END AS out_at
    FROM stay y
    LEFT JOIN staff s ON s.person_id = y.person_id
        AND (s.started IS NULL OR s.started <= y.day) AND (s.ended IS NULL OR s.ended >= y.day)
    WHERE y.day = $day AND ($location = 0 OR y.location_id = $location)
) d
JOIN person p ON p.person_id = d.person_id
JOIN location l ON l.location_id = d.location_id
WHERE $kind = 'all' OR d.kind = $kind
ORDER BY COALESCE(d.in_at, d.out_at), d.person_id
