-- One row per scan of a staff member on the day that lacks its other half, by time: in without out, or out without in.
-- missing is 'out' or 'in'. Whose last scan on the newest day is an arrival is on site, and not listed.
-- day DATE. newest TIMESTAMP: the newest scan of all.
SELECT u.person_id, p.name, l.name AS location, u.missing, u.scanned_at
FROM (
    SELECT y.person_id, y.location_id, 'out' AS missing, y.t_in AS scanned_at
    FROM stay y
    WHERE y.day = $day AND y.in_seen AND NOT y.out_seen
      -- A stay whose beginning was seen began with a scan in, or with one of unknown direction: those are few.
      AND NOT EXISTS (
          SELECT 1 FROM scan q
          WHERE q.direction = 'unknown' AND q.scanned_at >= $day AND q.scanned_at < $day + INTERVAL '1' DAY
            AND q.person_id = y.person_id AND q.location_id = y.location_id AND q.scanned_at = y.t_in
            AND NOT EXISTS (
                SELECT 1 FROM scan i
                WHERE i.direction = 'in' AND i.scanned_at >= $day AND i.scanned_at < $day + INTERVAL '1' DAY
                  AND i.person_id = q.person_id AND i.location_id = q.location_id AND i.scanned_at = q.scanned_at
            )
      )
    UNION ALL
    SELECT person_id, location_id, 'in', t_out
    FROM stay
    WHERE day BETWEEN CAST($day - INTERVAL '1' DAY AS DATE) AND $day AND NOT in_seen
      AND t_out >= $day AND t_out < $day + INTERVAL '1' DAY
) u
JOIN staff_day f ON f.person_id = u.person_id AND f.day = $day
JOIN staff_person p ON p.person_id = u.person_id
JOIN location l ON l.location_id = u.location_id
WHERE u.missing = 'in' OR u.scanned_at < f.last_scan OR $newest >= $day + INTERVAL '1' DAY
ORDER BY u.scanned_at, u.person_id, u.location_id
