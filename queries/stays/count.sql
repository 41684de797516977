-- One row: how many stays these days have. first_day DATE, last_day DATE: both included.
SELECT COUNT(*) AS stays
FROM stay
WHERE day BETWEEN $first_day AND $last_day
