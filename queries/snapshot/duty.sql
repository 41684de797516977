-- One row per day, duty and place of work at which somebody owes the duty; place 0 is all together. have and due are NULL where fewer
-- people owe it than fewest INTEGER. Of the places none is told when one alone is kept back: it would follow from the others.
WITH counted AS (
    SELECT day, duty, location_id AS place, SUM(have) AS have, SUM(due) AS due FROM compliance_day WHERE location_id > 0 GROUP BY ALL
),
kept AS (
    SELECT day, duty, COUNT(*) FILTER (WHERE due < $fewest) AS kept_back FROM counted GROUP BY ALL
)
SELECT c.day, c.duty, c.place, CAST(CASE WHEN told THEN c.have END AS INTEGER) AS have,
       CAST(CASE WHEN told THEN c.due END AS INTEGER) AS due
FROM (
    SELECT c.*, c.due >= $fewest AND k.kept_back <> 1 AS told FROM counted c JOIN kept k ON k.day = c.day AND k.duty = c.duty
    UNION ALL
    SELECT day, duty, 0, SUM(have), SUM(due), SUM(due) >= $fewest FROM counted GROUP BY day, duty
) c
ORDER BY c.day, c.duty, c.place
