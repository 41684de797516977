-- One row per person who is known by name only: person_id, identity.
SELECT person_id, identity FROM person WHERE STARTS_WITH(identity, 'name:')
