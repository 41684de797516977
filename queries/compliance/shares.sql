-- One row per day, duty, premises and position with somebody due, oldest first.
-- first DATE, last DATE: both included.
SELECT day, duty, location_id, position, have, due
FROM compliance_day WHERE day BETWEEN $first AND $last
ORDER BY day, duty, location_id, position
