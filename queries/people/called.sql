-- One row: name and phone of a person that something of ours rests on, also when no upload names them any more; or of whom that one is by decision.
-- person_id BIGINT.
SELECT name, phone_shown FROM known_person
WHERE person_id = COALESCE((SELECT person_id FROM alias WHERE alias_id = $person_id), $person_id)
