-- One row per stay of these days that began with a scan in, has no scan out and was not closed, newest first: so many of them. left_at:
-- when they are taken to have left; before the moment, as who is still taken to be inside is not missed yet.
-- first DATE, last DATE: both included. moment TIMESTAMP. rows BIGINT: how many; NULL is all.
WITH newest AS (
    SELECT y.day, y.person_id, y.location_id, y.t_in, y.t_out
    FROM stay y
    LEFT JOIN said_gone g ON g.person_id = y.person_id AND g.location_id = y.location_id AND g.scanned_at = y.t_out
    WHERE y.day BETWEEN $first AND $last AND y.in_seen AND NOT y.out_seen AND y.t_out <= $moment AND g.person_id IS NULL
      -- A stay whose beginning was seen began with a scan in, or with one of unknown direction: those are few.
      AND NOT EXISTS (
          SELECT 1 FROM scan u
          WHERE u.direction = 'unknown' AND u.scanned_at >= $first AND u.scanned_at < $last + INTERVAL '1' DAY
            AND u.person_id = y.person_id AND u.location_id = y.location_id AND u.scanned_at = y.t_in
            AND NOT EXISTS (
                SELECT 1 FROM scan i
                WHERE i.direction = 'in' AND i.scanned_at >= $first AND i.scanned_at < $last + INTERVAL '1' DAY
                  AND i.person_id = u.person_id AND i.location_id = u.location_id AND i.scanned_at = u.scanned_at
            )
      )
    ORDER BY y.day DESC, y.t_in, y.person_id, y.location_id
    LIMIT $rows
)
SELECT y.person_id, p.name, p.phone_shown AS phone, CASE WHEN s.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind,
       y.location_id, l.name AS location, y.t_in, y.t_out AS left_at
FROM newest y
JOIN person p ON p.person_id = y.person_id
JOIN location l ON l.location_id = y.location_id
LEFT JOIN staff s ON s.person_id = y.person_id
    AND (s.started IS NULL OR s.started <= y.day) AND (s.ended IS NULL OR s.ended >= y.day)
ORDER BY y.day DESC, y.t_in, y.person_id, y.location_id
