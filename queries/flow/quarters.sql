-- One row per quarter of an hour of the day (0 to 95 from midnight) with a scan, in order: all arrivals (scans in or of unknown
-- direction) and departures (scans out) of the period at that time of day.
-- first DATE, last DATE: both included. location INTEGER: 0 is the whole unit. kind VARCHAR: staff, visitor or all.
SELECT CAST(quarter AS INTEGER) AS quarter,
       CAST(SUM(arrivals) AS INTEGER) AS arrivals, CAST(SUM(departures) AS INTEGER) AS departures
FROM flow_quarter
WHERE day BETWEEN $first AND $last AND location_id = $location AND ($kind = 'all' OR kind = $kind)
GROUP BY quarter
ORDER BY quarter
