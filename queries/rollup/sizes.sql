-- One row per day with a scan: how many there are, also those that do not count. first DATE, last DATE: both included.
SELECT CAST(scanned_at AS DATE) AS day, COUNT(*) AS scans
FROM scan_row WHERE scanned_at >= $first AND scanned_at < $last + INTERVAL '1' DAY GROUP BY 1
