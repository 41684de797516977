-- One row: the time of the newest scan in the store, NULL when there is none.
-- The newest day with figures has it: of a hundred million scans only those are read.
SELECT MAX(scanned_at) AS scanned_at FROM scan WHERE scanned_at >= (SELECT MAX(day) FROM flow_day)
