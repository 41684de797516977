-- One row per day and duty with somebody due, oldest first: of one premises and one position, or of all.
-- first DATE, last DATE: both included. location INTEGER: 0 is all premises. position VARCHAR: NULL is all positions.
SELECT day, duty, CAST(SUM(have) AS INTEGER) AS have, CAST(SUM(due) AS INTEGER) AS due
FROM compliance_day
WHERE day BETWEEN $first AND $last
  AND (location_id = $location OR ($location = 0 AND location_id > 0 AND position = $position))
  AND (CAST($position AS STRING) IS NULL OR position = $position)
GROUP BY day, duty ORDER BY day, duty
