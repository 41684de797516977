-- One row of person_seen is removed per person of the table gone(person_id).
DELETE FROM person_seen WHERE person_id IN (SELECT person_id FROM gone)
