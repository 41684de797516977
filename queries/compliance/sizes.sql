-- One row per day, oldest first: staff, how many were staff on it.
-- first DATE, last DATE: both included.
SELECT day, CAST(COUNT(*) AS INTEGER) AS staff FROM duty_day WHERE day BETWEEN $first AND $last GROUP BY day ORDER BY day
