-- One row per day, duty and place of work at which somebody owes the duty: have, due. Place 0 is all together.
WITH counted AS (
    SELECT day, duty, location_id AS place, SUM(have) AS have, SUM(due) AS due FROM compliance_day WHERE location_id > 0 GROUP BY ALL
)
SELECT day, duty, place, CAST(have AS INTEGER) AS have, CAST(due AS INTEGER) AS due
FROM (FROM counted UNION ALL SELECT day, duty, 0, SUM(have), SUM(due) FROM counted GROUP BY day, duty)
ORDER BY day, duty, place
