-- One row per (day, location) with anybody there, for the days in the temporary table touched: the most people who were there at once,
-- and since when. Who leaves in the second in which somebody comes is no longer there.
-- key is the moment in microseconds, doubled, and one more for who comes: so the leaving of a moment are taken before the coming, no row
-- before the moment's last shows more people than there were, and sorting by one number is quick.
-- first DATE, last DATE: bounds of touched, both included.
WITH step AS (
    SELECT day, location_id, epoch_us(t_in) * 2 + 1 AS key FROM stay WHERE day BETWEEN $first AND $last
    UNION ALL
    SELECT day, location_id, epoch_us(t_out) * 2 FROM stay
    WHERE day BETWEEN $first AND $last AND t_out < CAST(day + 1 AS TIMESTAMP)
    UNION ALL  -- who was still there at midnight
    SELECT day + 1, location_id, epoch_us(CAST(day + 1 AS TIMESTAMP)) * 2 + 1 FROM stay
    WHERE day BETWEEN $first - 1 AND $last - 1 AND t_out > CAST(day + 1 AS TIMESTAMP)
    UNION ALL
    SELECT day + 1, location_id, epoch_us(t_out) * 2 FROM stay
    WHERE day BETWEEN $first - 1 AND $last - 1 AND t_out > CAST(day + 1 AS TIMESTAMP)
), there AS MATERIALIZED (
    SELECT day, location_id, key,
           SUM(key % 2 * 2 - 1) OVER (PARTITION BY day, location_id ORDER BY key ROWS UNBOUNDED PRECEDING) AS people
    FROM step WHERE day IN (SELECT day FROM touched)
), most AS (
    SELECT day, location_id, MAX(people) AS people FROM there GROUP BY day, location_id
)
SELECT t.day, t.location_id, CAST(m.people AS INTEGER) AS people, make_timestamp(MIN(t.key) // 2) AS reached_at
FROM there t JOIN most m ON m.day = t.day AND m.location_id = t.location_id AND m.people = t.people
WHERE m.people > 0
GROUP BY t.day, t.location_id, m.people
