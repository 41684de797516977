-- One row per stay (its columns in the order of the table), every end that was not scanned set as short or as long as it can be.
-- The shortest leaves a single moment, the one scan there is. The longest reaches to the person's next scan anywhere or the closing time, or back to the
-- scan before or the opening time, and never makes a stay longer than 24 hours. longest BOOLEAN. first_day DATE, last_day DATE: both included.
WITH lone AS (
    -- the one scan of each stay that has but one
    SELECT DISTINCT person_id, CASE WHEN in_seen THEN t_in ELSE t_out END AS moment
    FROM stay
    WHERE day BETWEEN $first_day AND $last_day AND NOT (in_seen AND out_seen)
),
near AS (
    SELECT l.person_id, l.moment,
           MAX(CASE WHEN s.scanned_at < l.moment THEN s.scanned_at END) AS scan_before,
           MIN(CASE WHEN s.scanned_at > l.moment THEN s.scanned_at END) AS scan_after
    FROM lone l JOIN scan s ON s.person_id = l.person_id
        AND s.scanned_at > l.moment - INTERVAL '24' HOUR AND s.scanned_at < l.moment + INTERVAL '24' HOUR
    WHERE s.scanned_at >= CAST($first_day AS TIMESTAMP) - INTERVAL '24' HOUR
      AND s.scanned_at < CAST($last_day AS TIMESTAMP) + INTERVAL '72' HOUR
    GROUP BY l.person_id, l.moment
),
hours AS (
    SELECT location_id, EXTRACT(HOUR FROM opens) * 3600 + EXTRACT(MINUTE FROM opens) * 60 + EXTRACT(SECOND FROM opens) AS opens,
           EXTRACT(HOUR FROM closes) * 3600 + EXTRACT(MINUTE FROM closes) * 60 + EXTRACT(SECOND FROM closes) AS closes
    FROM location
),
bounds AS (
    SELECT s.location_id, s.person_id, s.t_in, s.t_out, s.in_seen, s.out_seen, n.scan_before, n.scan_after,
           CAST(CAST(s.t_out AS DATE) AS TIMESTAMP) + INTERVAL '1' SECOND * h.opens AS opening,
           CAST(CAST(s.t_in AS DATE) AS TIMESTAMP) + INTERVAL '1' SECOND * h.closes AS closing
    FROM stay s
    JOIN hours h ON h.location_id = s.location_id
    LEFT JOIN near n ON n.person_id = s.person_id AND n.moment = CASE WHEN s.in_seen THEN s.t_in ELSE s.t_out END
    WHERE s.day BETWEEN $first_day AND $last_day
),
moved AS (
    SELECT location_id, person_id, in_seen, out_seen,
           CASE WHEN in_seen THEN t_in
                WHEN NOT $longest THEN t_out
                ELSE GREATEST(t_out - INTERVAL '24' HOUR, COALESCE(scan_before, t_out - INTERVAL '24' HOUR),
                              CASE WHEN opening < t_out THEN opening ELSE t_out - INTERVAL '24' HOUR END) END AS t_in,
           CASE WHEN out_seen THEN t_out
                WHEN NOT $longest THEN t_in
                ELSE LEAST(t_in + INTERVAL '24' HOUR, COALESCE(scan_after, t_in + INTERVAL '24' HOUR),
                           CASE WHEN closing > t_in THEN closing ELSE t_in + INTERVAL '24' HOUR END) END AS t_out
    FROM bounds
)
SELECT CAST(t_in AS DATE) AS day, location_id, person_id, t_in, t_out, in_seen, out_seen
FROM moved
