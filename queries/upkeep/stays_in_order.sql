-- One row per stay from that day on, in order, in the temporary table in_order.
-- first DATE.
CREATE OR REPLACE TEMP TABLE in_order AS
SELECT * FROM stay WHERE day >= $first ORDER BY day, location_id, t_in, person_id
