-- One row per bucket of time spent that has stays, shortest first; only stays with both ends seen. minutes is their sum, of seconds,
-- for they add up to the same in any order.
-- first DATE, last DATE: both included. location INTEGER: 0 is the whole unit. kind VARCHAR: staff or visitor.
SELECT bucket, CAST(SUM(stays) AS INTEGER) AS stays, CAST(SUM(seconds) AS DOUBLE) / 60 AS minutes
FROM flow_duration
WHERE day BETWEEN $first AND $last AND ($location = 0 OR location_id = $location) AND kind = $kind
GROUP BY bucket
ORDER BY bucket
