-- One row per person of the file (frame people) whom the store knows: who, person_id, and otherwise: whether the file names them, or says
-- when they were born, otherwise than they are shown.
SELECT people.who, person.person_id,
       people.name <> person.name OR (people.birth_year IS NOT NULL AND people.birth_year IS DISTINCT FROM person.birth_year) AS otherwise
FROM people JOIN person ON person.identity = people.identity
