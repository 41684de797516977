-- One row per person of these who is known by name: how an upload names them.
-- people BIGINT[]: their person_id.
SELECT person_id, identity, name, phone, birth_year, masked
FROM person WHERE person_id IN (SELECT UNNEST($people::BIGINT[])) ORDER BY person_id
