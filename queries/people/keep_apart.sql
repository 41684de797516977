-- One row is added: these are two people, as decided.
-- person_id BIGINT, other_id BIGINT, decided_at TIMESTAMP, decided_by VARCHAR.
INSERT INTO apart VALUES ($person_id, $other_id, $decided_at, $decided_by)
