-- One row per masked person of the list: person_id, and identity, which holds the name and phone as the log showed them.
-- people BIGINT list: numbers of people, masked or not.
SELECT person_id, identity FROM person
WHERE masked AND LIST_CONTAINS(CAST($people AS BIGINT[]), person_id)
ORDER BY person_id
