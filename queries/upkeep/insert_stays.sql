-- One row per stay of the temporary table in_order is added, as they lie there.
INSERT INTO stay SELECT * FROM in_order
