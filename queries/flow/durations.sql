-- One row: stays with both ends seen, their sum in seconds, and from_<minutes>: how many of them lasted so long, and not as long as the
-- next says.
-- first DATE, last DATE: both included. location INTEGER: 0 is the whole unit. kind VARCHAR: staff or visitor.
SELECT CAST(COALESCE(SUM(stays), 0) AS INTEGER) AS stays, CAST(COALESCE(SUM(seconds), 0) AS BIGINT) AS seconds,
       CAST(COALESCE(SUM(from_0), 0) AS INTEGER) AS from_0,
       CAST(COALESCE(SUM(from_5), 0) AS INTEGER) AS from_5,
       CAST(COALESCE(SUM(from_15), 0) AS INTEGER) AS from_15,
       CAST(COALESCE(SUM(from_30), 0) AS INTEGER) AS from_30,
       CAST(COALESCE(SUM(from_60), 0) AS INTEGER) AS from_60,
       CAST(COALESCE(SUM(from_120), 0) AS INTEGER) AS from_120,
       CAST(COALESCE(SUM(from_240), 0) AS INTEGER) AS from_240,
       CAST(COALESCE(SUM(from_480), 0) AS INTEGER) AS from_480
FROM stay_day
WHERE day BETWEEN $first AND $last AND ($location = 0 OR location_id = $location) AND kind = $kind
