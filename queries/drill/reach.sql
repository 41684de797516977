-- One row changes: an F1 of a running drill was reached, or, with NULL, was not after all.
-- drill INTEGER, person BIGINT, at TIMESTAMP.
UPDATE drill_contact SET reached_at = CAST($at AS TIMESTAMP)
WHERE drill_id = $drill AND person_id = $person AND drill_id IN (SELECT drill_id FROM drill WHERE finished_at IS NULL)
