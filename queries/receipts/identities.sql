-- One row per person of the list: the text that says who they are whatever their number (quetma.people.identity).
-- people BIGINT list.
SELECT person_id, identity FROM person WHERE LIST_CONTAINS(CAST($people AS BIGINT[]), person_id)
