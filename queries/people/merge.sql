-- One row is added: this person is that one, as decided.
-- person_id BIGINT, into_id BIGINT, decided_at TIMESTAMP, decided_by VARCHAR.
INSERT INTO merge VALUES ($person_id, $into_id, $decided_at, $decided_by)
