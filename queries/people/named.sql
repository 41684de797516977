-- One row per person asked about: how they are called.
-- Table people(person_id).
SELECT p.person_id, p.name, p.phone, p.phone_shown, p.birth_year
FROM people a JOIN person p ON p.person_id = a.person_id
