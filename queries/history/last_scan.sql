-- One row: the time of the newest scan in the store, NULL when there is none.
SELECT MAX(scanned_at) AS scanned_at FROM scan
