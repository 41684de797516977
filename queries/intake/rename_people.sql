-- Gives staff the names and birth years of the roster (frame named).
UPDATE person
SET name = named.name, name_key = named.name_key, sort_key = named.sort_key,
    birth_year = COALESCE(named.birth_year, person.birth_year)
FROM named WHERE named.person_id = person.person_id
