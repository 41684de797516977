-- One row changes: a running drill ends.
-- drill INTEGER, at TIMESTAMP, given_up BOOLEAN.
UPDATE drill SET finished_at = $at, given_up = $given_up WHERE drill_id = $drill AND finished_at IS NULL
