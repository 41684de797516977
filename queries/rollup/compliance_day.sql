-- One row per (day, duty, premises, position) with somebody due, and per (day, duty) with location 0 and no position, for the days in the
-- temporary table touched.
WITH counted AS (
    SELECT day, duty, location_id, position,
           CAST(SUM(CASE WHEN done THEN 1 ELSE 0 END) AS INTEGER) AS have, CAST(COUNT(*) AS INTEGER) AS due
    FROM (
        SELECT day, 'apps' AS duty, location_id, position, apps AS done FROM duty_day
        UNION ALL SELECT day, 'vaccinated', location_id, position, vaccinated FROM duty_day
        UNION ALL SELECT day, 'declared', location_id, position, declared FROM duty_day
        UNION ALL SELECT day, 'scanned', location_id, position, scanned FROM duty_day
    )
    WHERE done IS NOT NULL AND day IN (SELECT day FROM touched)
    GROUP BY day, duty, location_id, position
)
SELECT day, duty, location_id, position, have, due FROM counted
UNION ALL
SELECT day, duty, 0, '', CAST(SUM(have) AS INTEGER), CAST(SUM(due) AS INTEGER) FROM counted GROUP BY day, duty
