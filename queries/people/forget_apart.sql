-- One row is removed: that these are two people, whichever of them is named first.
-- person_id BIGINT, other_id BIGINT.
DELETE FROM apart
WHERE person_id = $person_id AND other_id = $other_id OR person_id = $other_id AND other_id = $person_id
