-- One row per person, by number: what they are found by. identity: of the masked ones, what the log showed.
SELECT person_id, name_key, phone, birth_year, masked, CASE WHEN masked THEN identity END AS identity FROM person ORDER BY person_id
