-- One row is added: how a request ended.
-- inquiry_id INTEGER, outcome VARCHAR, whole BOOLEAN, reason VARCHAR, scans BIGINT: NULL when refused. ended_at TIMESTAMP, ended_by VARCHAR.
INSERT INTO inquiry_end VALUES ($inquiry_id, $outcome, $whole, $reason, $scans, $ended_at, $ended_by)
