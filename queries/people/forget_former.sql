-- One row per person whom no upload names any more, nor any decision, is removed.
DELETE FROM former_person WHERE person_id NOT IN (SELECT person_id FROM kept_person)
