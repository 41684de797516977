-- One row: the first day with a scan that counts, NULL without any.
SELECT MIN(day) AS first FROM scan_day
