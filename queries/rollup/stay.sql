-- One row per stay anchored in [first_anchor, last_anchor] of the people in the temporary table touched_person. The anchor of a stay
-- is the scan it was made from: the scan in, or the lone scan out. The rules are in quetma/stays.py.
-- first_anchor TIMESTAMP, last_anchor TIMESTAMP, assumed_minutes INTEGER.
WITH mark AS (
    -- what was scanned by one person at one place in one second; an unknown direction says nothing beside a known one
    SELECT person_id, location_id, scanned_at,
           MAX(CASE direction WHEN 'in' THEN 1 ELSE 0 END) AS has_in,
           MAX(CASE direction WHEN 'out' THEN 1 ELSE 0 END) AS has_out
    FROM scan
    WHERE scanned_at >= $first_anchor - INTERVAL '48' HOUR AND scanned_at <= $last_anchor + INTERVAL '48' HOUR
      AND person_id IN (SELECT person_id FROM touched_person)
    GROUP BY person_id, location_id, scanned_at
),
moment AS (
    -- a person's scans anywhere, with the one before and the one after
    SELECT person_id, scanned_at,
           LAG(scanned_at) OVER person AS scan_before, LEAD(scanned_at) OVER person AS scan_after
    FROM (SELECT DISTINCT person_id, scanned_at FROM mark)
    WINDOW person AS (PARTITION BY person_id ORDER BY scanned_at)
),
state AS (
    -- in and out in the same second: out first when the person was inside, in first when not
    SELECT *,
           LAG(CASE WHEN has_in + has_out = 2 THEN NULL ELSE has_in END IGNORE NULLS) OVER place AS inside,
           LAG(CASE WHEN has_in + has_out = 2 THEN NULL ELSE scanned_at END IGNORE NULLS) OVER place AS inside_since
    FROM mark
    WINDOW place AS (PARTITION BY person_id, location_id ORDER BY scanned_at)
),
event AS (
    SELECT person_id, location_id, scanned_at, 0 AS step,
           CASE WHEN has_in + has_out = 2 THEN
                    CASE WHEN inside = 1 AND inside_since >= scanned_at - INTERVAL '24' HOUR THEN 'out' ELSE 'in' END
                WHEN has_in = 1 THEN 'in' WHEN has_out = 1 THEN 'out' ELSE 'unknown' END AS direction
    FROM state
    UNION ALL
    SELECT person_id, location_id, scanned_at, 1 AS step,
           CASE WHEN inside = 1 AND inside_since >= scanned_at - INTERVAL '24' HOUR THEN 'in' ELSE 'out' END
    FROM state WHERE has_in + has_out = 2
),
neighbour AS (
    SELECT *,
           LAG(direction) OVER place AS direction_before, LAG(scanned_at) OVER place AS here_before,
           LEAD(direction) OVER place AS direction_after, LEAD(scanned_at) OVER place AS here_after
    FROM event
    WINDOW place AS (PARTITION BY person_id, location_id ORDER BY scanned_at, step)
),
known AS (
    SELECT n.*, m.scan_before, m.scan_after,
           n.direction <> 'out' AND n.direction_after = 'out' AND n.here_after <= n.scanned_at + INTERVAL '24' HOUR AS paired_after,
           n.direction_before <> 'out' AND n.here_before >= n.scanned_at - INTERVAL '24' HOUR AS paired_before,
           CASE WHEN l.closes > CAST(n.scanned_at AS TIME) THEN CAST(n.scanned_at AS DATE) + l.closes END AS closing,
           CASE WHEN l.opens < CAST(n.scanned_at AS TIME) THEN CAST(n.scanned_at AS DATE) + l.opens END AS opening,
           n.scanned_at + to_minutes($assumed_minutes) AS assumed_out,
           n.scanned_at - to_minutes($assumed_minutes) AS assumed_in
    FROM neighbour n
    JOIN moment m ON m.person_id = n.person_id AND m.scanned_at = n.scanned_at
    LEFT JOIN location l ON l.location_id = n.location_id
    WHERE n.scanned_at >= $first_anchor AND n.scanned_at <= $last_anchor
),
found AS (
    SELECT location_id, person_id, scanned_at AS t_in,
           -- LEAST and GREATEST pass over NULL
           CASE WHEN paired_after THEN here_after
                WHEN direction = 'unknown' AND scan_after <= scanned_at + INTERVAL '24' HOUR THEN LEAST(scan_after, closing)
                ELSE LEAST(scan_after, closing, assumed_out) END AS t_out,
           TRUE AS in_seen, COALESCE(paired_after, FALSE) AS out_seen
    FROM known WHERE direction <> 'out'
    UNION ALL
    SELECT location_id, person_id, GREATEST(scan_before, opening, assumed_in) AS t_in, scanned_at AS t_out, FALSE, TRUE
    FROM known WHERE direction = 'out' AND NOT COALESCE(paired_before, FALSE)
)
SELECT CAST(t_in AS DATE) AS day, location_id, person_id, t_in, t_out, in_seen, out_seen FROM found
