-- One row per staff member: person_id, name, birth_year. Finds whom a row without a phone is about.
SELECT staff.person_id, person.name, person.birth_year
FROM staff JOIN person ON person.person_id = staff.person_id
ORDER BY staff.person_id
