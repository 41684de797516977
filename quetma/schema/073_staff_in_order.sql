-- The staff by given name are in order by a number: sorting by names took longer than all else that a list of the staff asks.
DROP TABLE staff_person;
CREATE TABLE staff_person (
    person_id BIGINT NOT NULL, name VARCHAR NOT NULL, name_key VARCHAR NOT NULL, birth_year SMALLINT,
    place INTEGER NOT NULL                -- among those who are or were staff, by given name
);
INSERT INTO staff_person
    SELECT p.person_id, p.name, p.name_key, p.birth_year, CAST(ROW_NUMBER() OVER (ORDER BY p.sort_key, p.person_id) AS INTEGER)
    FROM person p SEMI JOIN described d ON d.person_id = p.person_id ORDER BY p.person_id;
