-- One row: the next free batch_id, person_id and location_id. Ask under the write lock. The number of an upload that was undone
-- is never given again, nor that of a person or location that a decision names.
SELECT
    GREATEST((SELECT MAX(batch_id) FROM batch), (SELECT MAX(batch_id) FROM batch_undone), 0) + 1 AS batch_id,
    GREATEST((SELECT MAX(person_id) FROM person), (SELECT MAX(person_id) FROM former_person), 0) + 1 AS person_id,
    GREATEST((SELECT MAX(location_id) FROM location), (SELECT MAX(location_id) FROM location_alias), 0) + 1 AS location_id
