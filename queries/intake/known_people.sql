-- One row per person of the file (frame people) whom the store knows: who, person_id, and otherwise: whether they may be shown otherwise
-- for what the file says of them, because it tells another birth year, or they may have no name yet (masked, or a number in its place).
SELECT people.who, person.person_id,
       person.masked OR person.name < 'A' OR (people.birth_year IS NOT NULL AND people.birth_year IS DISTINCT FROM person.birth_year) AS otherwise
FROM people JOIN person ON person.identity = people.identity
