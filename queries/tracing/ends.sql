-- One row per stay (its columns in the order of the table), every end that was not scanned set as short or as long as it can be.
-- The shortest leaves a single moment, the one scan there is. The longest reaches to the person's next stay anywhere, or back to the one before, and never
-- makes a stay longer than 24 hours. longest BOOLEAN. first_day DATE, last_day DATE: both included.
WITH near AS (
    SELECT s.location_id, s.person_id, s.t_in, s.t_out, s.in_seen, s.out_seen,
           LAG(s.t_out) OVER (PARTITION BY s.person_id ORDER BY s.t_in, s.t_out, s.location_id) AS left_before,
           LEAD(s.t_in) OVER (PARTITION BY s.person_id ORDER BY s.t_in, s.t_out, s.location_id) AS came_after
    FROM stay s
    WHERE s.day BETWEEN $first_day AND $last_day
),
moved AS (
    SELECT location_id, person_id, in_seen, out_seen,
           CASE WHEN in_seen THEN t_in
                WHEN NOT $longest THEN t_out
                ELSE LEAST(t_in, GREATEST(COALESCE(left_before, t_out - INTERVAL '24' HOUR), t_out - INTERVAL '24' HOUR)) END AS t_in,
           CASE WHEN out_seen THEN t_out
                WHEN NOT $longest THEN t_in
                ELSE GREATEST(t_out, LEAST(COALESCE(came_after, t_in + INTERVAL '24' HOUR), t_in + INTERVAL '24' HOUR)) END AS t_out
    FROM near
)
SELECT CAST(t_in AS DATE) AS day, location_id, person_id, t_in, t_out, in_seen, out_seen
FROM moved
