-- One row per day and duty with somebody due, oldest first.
-- first DATE, last DATE: both included.
SELECT day, duty, CAST(SUM(have) AS INTEGER) AS have, CAST(SUM(due) AS INTEGER) AS due
FROM compliance_day WHERE day BETWEEN $first AND $last
GROUP BY day, duty ORDER BY day, duty
