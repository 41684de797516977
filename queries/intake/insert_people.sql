-- One row per new person of the file (frame fresh) is added.
INSERT INTO person (person_id, identity, name, name_key, sort_key, phone, birth_year, masked)
SELECT person_id, identity, name, name_key, sort_key, phone, birth_year, masked FROM fresh ORDER BY person_id
