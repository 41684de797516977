-- One row per masked person.
SELECT person_id FROM person WHERE masked
