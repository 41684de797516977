-- One row per person of the file (frame people) whom the store knows: who, person_id.
SELECT people.who, person.person_id
FROM people JOIN person ON person.identity = people.identity
