-- One row of person_seen is changed or added per row of the table seen(person_id, last_seen), when what stands is not newer than
-- the moment up to which seen knows.
-- until TIMESTAMP.
MERGE INTO person_seen p USING seen n ON p.person_id = n.person_id
WHEN MATCHED AND p.last_seen <= $until AND p.last_seen <> n.last_seen THEN UPDATE SET last_seen = n.last_seen
WHEN NOT MATCHED THEN INSERT (person_id, last_seen) VALUES (n.person_id, n.last_seen)
