-- One row per person of the list whom the store knows: person_id, masked.
-- people BIGINT list: their numbers.
SELECT person_id, masked FROM person WHERE LIST_CONTAINS(CAST($people AS BIGINT[]), person_id)
