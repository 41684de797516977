-- One row: the next free drill_id. Ask under the write lock.
SELECT COALESCE(MAX(drill_id), 0) + 1 AS drill_id FROM drill
