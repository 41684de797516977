-- One row per person of the list: what they are called, also when no upload names them any more.
-- people BIGINT[].
SELECT person_id, name, phone_shown FROM known_person WHERE person_id IN (SELECT UNNEST($people))
