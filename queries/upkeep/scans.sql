-- One row: how many rows of scans the store holds, duplicates too.
SELECT COUNT(*) AS scans FROM scan_row
