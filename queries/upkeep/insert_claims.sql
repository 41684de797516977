-- One row per claim of the temporary table in_order is added, as they lie there.
INSERT INTO person_claim SELECT * FROM in_order
