-- What those are called who are or were on the staff list, as the table person has them: the few whom most screens name, so that
-- naming them does not read everybody. Kept up to date with the list (quetma/rollups.py) and with names (quetma/intake/recount.py).
CREATE TABLE staff_person (
    person_id BIGINT NOT NULL, name VARCHAR NOT NULL, name_key VARCHAR NOT NULL, sort_key VARCHAR NOT NULL, birth_year SMALLINT
);
INSERT INTO staff_person
    SELECT p.person_id, p.name, p.name_key, p.sort_key, p.birth_year
    FROM person p SEMI JOIN described d ON d.person_id = p.person_id ORDER BY p.person_id;
