-- One row per new person of the file (frame fresh) is added.
-- batch INTEGER: the upload that names them.
INSERT INTO person (person_id, identity, name, name_key, sort_key, phone, birth_year, masked, batch_id)
SELECT person_id, identity, name, name_key, sort_key, phone, birth_year, masked, $batch FROM fresh ORDER BY person_id
