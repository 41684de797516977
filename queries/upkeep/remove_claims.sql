-- One row per claim about that person and those after them is removed.
-- first BIGINT.
DELETE FROM person_claim WHERE person_id >= $first
