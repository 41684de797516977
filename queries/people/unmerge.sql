-- One row is removed: who this person was said to be.
-- person_id BIGINT.
DELETE FROM merge WHERE person_id = $person_id
