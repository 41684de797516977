-- One row per person who is or was on the staff list: what they are called.
SELECT p.person_id, p.name, p.name_key, p.sort_key, p.birth_year
FROM person p SEMI JOIN described d ON d.person_id = p.person_id ORDER BY p.person_id
