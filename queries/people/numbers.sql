-- One row per person, by number: person_id.
SELECT person_id FROM person ORDER BY person_id
