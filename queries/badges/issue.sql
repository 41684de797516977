-- One row is added: somebody's new badge.
-- token VARCHAR, person_id BIGINT, moment TIMESTAMP, account VARCHAR.
INSERT INTO badge (token, person_id, issued_at, issued_by) VALUES ($token, $person_id, $moment, $account)
