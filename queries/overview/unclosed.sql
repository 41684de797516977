-- One row: how many stays of the day began with a scan in and never got a scan out. Who is still taken to be inside when the log
-- ends is not counted, nor who is said to have left.
-- day DATE. newest TIMESTAMP: the newest scan of all.
SELECT CAST(COUNT(*) AS INTEGER) AS stays
FROM stay y
WHERE y.day = $day AND y.in_seen AND NOT y.out_seen AND y.t_out <= $newest
  -- A stay whose beginning was seen began with a scan in, or with one of unknown direction: those are few.
  AND NOT EXISTS (
      SELECT 1 FROM scan u
      WHERE u.direction = 'unknown' AND u.scanned_at >= $day AND u.scanned_at < $day + INTERVAL '1' DAY
        AND u.person_id = y.person_id AND u.location_id = y.location_id AND u.scanned_at = y.t_in
        AND NOT EXISTS (
            SELECT 1 FROM scan i
            WHERE i.direction = 'in' AND i.scanned_at >= $day AND i.scanned_at < $day + INTERVAL '1' DAY
              AND i.person_id = u.person_id AND i.location_id = u.location_id AND i.scanned_at = u.scanned_at
        )
  )
  AND NOT EXISTS (
      SELECT 1 FROM said_gone g
      WHERE g.person_id = y.person_id AND g.location_id = y.location_id AND g.scanned_at = y.t_out
  )
