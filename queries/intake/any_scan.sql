-- One row when the store holds any scan of these moments, whether it counts or not; of a new day none.
-- first TIMESTAMP, last TIMESTAMP: both included.
SELECT 1 AS found FROM scan_row WHERE scanned_at BETWEEN $first AND $last LIMIT 1
