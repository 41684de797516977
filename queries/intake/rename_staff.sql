-- One row per person of the frame named who is or was on the staff list gets its name and birth year.
UPDATE staff_person SET name = named.name, name_key = named.name_key, sort_key = named.sort_key, birth_year = named.birth_year
FROM named WHERE named.person_id = staff_person.person_id
