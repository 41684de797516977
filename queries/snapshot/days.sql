-- One row per day with a scan or a stay, and how many scans it has, oldest first.
SELECT day, CAST(SUM(scans) AS BIGINT) AS scans FROM (
    SELECT day, SUM(scans) AS scans FROM flow_day WHERE location_id = 0 GROUP BY day
    UNION ALL SELECT day, 0 FROM flow_peak GROUP BY day
) GROUP BY day ORDER BY day
