-- One row per stay that began on the day, in order of time: a page of them. in_at and out_at are NULL when that end was not scanned.
-- day DATE. location INTEGER: 0 is the whole unit. kind VARCHAR: staff, visitor or all.
-- skip BIGINT, rows BIGINT: the page; rows NULL is everything.
WITH page AS (
    SELECT * FROM (
        SELECT y.person_id, y.location_id, y.t_in, y.t_out, CASE WHEN s.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind,
               y.in_seen, y.out_seen, CASE WHEN y.in_seen OR NOT y.out_seen THEN y.t_in ELSE y.t_out END AS seen_at
        FROM stay y
        LEFT JOIN staff s ON s.person_id = y.person_id
            AND (s.started IS NULL OR s.started <= y.day) AND (s.ended IS NULL OR s.ended >= y.day)
        WHERE y.day = $day AND ($location = 0 OR y.location_id = $location)
    ) d
    WHERE $kind = 'all' OR kind = $kind
    ORDER BY seen_at, person_id, location_id
    LIMIT CAST($rows AS BIGINT) OFFSET CAST($skip AS BIGINT)
)
SELECT d.person_id, p.name, p.phone_shown AS phone, d.kind, l.name AS location,
       CASE WHEN d.in_seen THEN d.t_in END AS in_at, CASE WHEN d.out_seen THEN d.t_out END AS out_at
FROM page d
JOIN person p ON p.person_id = d.person_id
JOIN location l ON l.location_id = d.location_id
ORDER BY d.seen_at, d.person_id, d.location_id
