-- One row per person who is or was on the staff list: what they are called, and their place among them by given name.
SELECT p.person_id, p.name, p.name_key, p.birth_year, CAST(ROW_NUMBER() OVER (ORDER BY p.sort_key, p.person_id) AS INTEGER) AS place
FROM person p SEMI JOIN described d ON d.person_id = p.person_id ORDER BY p.person_id
