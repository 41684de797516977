-- One row per person of the frame named gets its name and birth year.
UPDATE person SET name = named.name, name_key = named.name_key, sort_key = named.sort_key, birth_year = named.birth_year
FROM named WHERE named.person_id = person.person_id
