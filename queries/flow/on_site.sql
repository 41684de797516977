-- One row per person on site at a moment, longest there first: person_id, location_id, since, kind. Their last scan of the day is an arrival,
-- or they came the evening before and are not yet taken to have left; and nobody said that they have. since is that arrival. Masked rows are
-- people too.
-- at TIMESTAMP: the moment, on the day of the newest scan. location INTEGER: 0 is the whole unit. kind VARCHAR: staff, visitor or all.
SELECT o.person_id, o.location_id, o.since, o.kind
FROM (
    SELECT e.person_id, e.location_id, e.t_in AS since, CASE WHEN s.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind
    FROM stay e
    -- Of each person the stay of the last scan; leaving one place and entering another in the same second leaves them in the other.
    ANTI JOIN (
        SELECT person_id, location_id, t_in, out_seen, CASE WHEN out_seen THEN t_out ELSE t_in END AS scanned_at
        FROM stay
        WHERE day BETWEEN CAST($at - INTERVAL '1' DAY AS DATE) AND CAST($at AS DATE)
          AND (CASE WHEN out_seen THEN t_out ELSE t_in END >= CAST(CAST($at AS DATE) AS TIMESTAMP) OR t_out > $at)
    ) x ON x.person_id = e.person_id
       AND (x.scanned_at > e.t_in OR (x.t_in = e.t_in AND NOT x.out_seen AND x.location_id < e.location_id))
    LEFT JOIN staff s ON s.person_id = e.person_id
        AND (s.started IS NULL OR s.started <= CAST($at AS DATE)) AND (s.ended IS NULL OR s.ended >= CAST($at AS DATE))
    WHERE e.day BETWEEN CAST($at - INTERVAL '1' DAY AS DATE) AND CAST($at AS DATE) AND NOT e.out_seen
      AND (e.t_in >= CAST(CAST($at AS DATE) AS TIMESTAMP) OR e.t_out > $at)
      AND NOT EXISTS (
          SELECT 1 FROM said_gone g
          WHERE g.person_id = e.person_id AND g.location_id = e.location_id AND g.scanned_at = e.t_out
      )
) o
WHERE ($location = 0 OR o.location_id = $location) AND ($kind = 'all' OR o.kind = $kind)
ORDER BY o.since, o.person_id
