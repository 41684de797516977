-- One row per person on site at the end of the day's scans, longest there first: their last scan of the day is an arrival, and
-- nobody said that they have left. since is that arrival, host whom they came to see as far as the door knows. Masked rows are people too.
-- day DATE: of the newest scan. location INTEGER: 0 is the whole unit. kind VARCHAR: staff, visitor or all.
-- names BOOLEAN: false leaves name and phone NULL and does not read them.
SELECT o.person_id, p.name, CASE WHEN $names THEN p.phone_shown END AS phone, o.kind, l.name AS location, o.since,
       o.location_id, CASE WHEN $names THEN COALESCE(h.host, '') END AS host
FROM (
    SELECT e.person_id, e.location_id, e.t_in AS since, CASE WHEN s.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind
    FROM (
        -- Each person's stays by the last scan they were made from; leaving one place and entering another in the same second
        -- leaves them in the other.
        SELECT person_id, location_id, t_in, t_out, out_seen,
               ROW_NUMBER() OVER (
                   PARTITION BY person_id ORDER BY CASE WHEN out_seen THEN t_out ELSE t_in END DESC, out_seen, t_in DESC
               ) AS place
        FROM stay
        WHERE day BETWEEN CAST($day - INTERVAL '1' DAY AS DATE) AND $day
          AND CASE WHEN out_seen THEN t_out ELSE t_in END >= CAST($day AS TIMESTAMP)
    ) e
    LEFT JOIN staff s ON s.person_id = e.person_id
        AND (s.started IS NULL OR s.started <= $day) AND (s.ended IS NULL OR s.ended >= $day)
    WHERE e.place = 1 AND NOT e.out_seen
      AND NOT EXISTS (
          SELECT 1 FROM said_gone g
          WHERE g.person_id = e.person_id AND g.location_id = e.location_id AND g.scanned_at = e.t_out
      )
) o
JOIN location l ON l.location_id = o.location_id
LEFT JOIN person p ON p.person_id = o.person_id AND $names
LEFT JOIN door_visit h ON h.person_id = o.person_id AND h.location_id = o.location_id AND h.scanned_at = o.since AND $names
WHERE ($location = 0 OR o.location_id = $location) AND ($kind = 'all' OR o.kind = $kind)
ORDER BY o.since, o.person_id
