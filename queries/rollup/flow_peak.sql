-- One row per (day, location) with anybody there, for the days in the temporary table touched: the most people who were there at once,
-- and since when. Who leaves in the second in which somebody comes is no longer there.
-- first DATE, last DATE: bounds of touched, both included.
SELECT day, location_id, CAST(people AS INTEGER) AS people, reached_at
FROM (
    SELECT day, location_id, people, reached_at,
           ROW_NUMBER() OVER (PARTITION BY day, location_id ORDER BY people DESC, reached_at) AS place
    FROM (
        SELECT day, location_id, moment AS reached_at, SUM(step) OVER (PARTITION BY day, location_id ORDER BY moment) AS people
        FROM (
            SELECT day, location_id, moment, SUM(step) AS step
            FROM (
                SELECT day, location_id, t_in AS moment, 1 AS step FROM stay WHERE day BETWEEN $first AND $last
                UNION ALL
                SELECT day, location_id, t_out, -1 FROM stay WHERE day BETWEEN $first AND $last AND t_out < CAST(day + 1 AS TIMESTAMP)
                UNION ALL  -- who was still there at midnight
                SELECT day + 1, location_id, CAST(day + 1 AS TIMESTAMP), 1 FROM stay
                WHERE day BETWEEN $first - 1 AND $last - 1 AND t_out > CAST(day + 1 AS TIMESTAMP)
                UNION ALL
                SELECT day + 1, location_id, t_out, -1 FROM stay
                WHERE day BETWEEN $first - 1 AND $last - 1 AND t_out > CAST(day + 1 AS TIMESTAMP)
            )
            WHERE day IN (SELECT day FROM touched)
            GROUP BY day, location_id, moment
        )
    )
)
WHERE place = 1 AND people > 0
