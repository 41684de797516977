-- One row per claim about that person and those after them, in order, in the temporary table in_order.
-- first BIGINT.
CREATE OR REPLACE TEMP TABLE in_order AS
SELECT * FROM person_claim WHERE person_id >= $first ORDER BY person_id, batch_id
