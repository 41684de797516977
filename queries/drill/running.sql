-- One row, or none: the drill that has not ended.
SELECT drill_id, started_at, started_by, person_id, staff, onset FROM drill WHERE finished_at IS NULL ORDER BY drill_id DESC LIMIT 1
