-- One row per staff member of the roster (frame named) gets its name and birth year.
UPDATE person
SET name = named.name, name_key = named.name_key, sort_key = named.sort_key,
    birth_year = COALESCE(named.birth_year, person.birth_year)
FROM named WHERE named.person_id = person.person_id
