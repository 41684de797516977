-- One row of people/everybody per person of the list who is there.
-- people BIGINT[].
SELECT person_id, name_key, phone, birth_year, masked, CASE WHEN masked THEN identity END AS identity
FROM person WHERE person_id IN (SELECT UNNEST(CAST($people AS BIGINT[]))) ORDER BY person_id
