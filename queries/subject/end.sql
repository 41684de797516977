-- One row is added: how a request ended. A second one of the same request is refused.
-- request_id INTEGER, outcome VARCHAR, reason VARCHAR, ended_at TIMESTAMP, ended_by VARCHAR.
INSERT INTO subject_request_end VALUES ($request_id, $outcome, $reason, $ended_at, $ended_by)
