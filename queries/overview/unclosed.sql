-- One row: how many stays of the day began with a scan in and never got a scan out. Who is still taken to be inside when the log
-- ends is not counted, nor who is said to have left.
-- day DATE.
SELECT CAST(COUNT(*) AS INTEGER) AS stays
FROM stay y
JOIN (
    SELECT DISTINCT person_id, location_id, scanned_at FROM scan
    WHERE direction = 'in' AND scanned_at >= $day AND scanned_at < $day + INTERVAL '1' DAY
) i ON i.person_id = y.person_id AND i.location_id = y.location_id AND i.scanned_at = y.t_in
WHERE y.day = $day AND y.in_seen AND NOT y.out_seen
  AND NOT EXISTS (
      SELECT 1 FROM said_gone g
      WHERE g.person_id = y.person_id AND g.location_id = y.location_id AND g.scanned_at = y.t_out
  )
  AND y.t_out <= (SELECT MAX(scanned_at) FROM scan WHERE scanned_at >= (SELECT MAX(day) FROM flow_day))
