-- One row: the next free batch_id, person_id and location_id. Ask under the write lock.
SELECT
    (SELECT COALESCE(MAX(batch_id), 0) + 1 FROM batch) AS batch_id,
    (SELECT COALESCE(MAX(person_id), 0) + 1 FROM person) AS person_id,
    (SELECT COALESCE(MAX(location_id), 0) + 1 FROM location) AS location_id
