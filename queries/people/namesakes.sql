-- One row: how many known people (people/known) have one of these names.
-- names VARCHAR[]: folded.
SELECT COUNT(*) AS people FROM person
WHERE NOT masked AND name_key IN (SELECT UNNEST(CAST($names AS VARCHAR[]))) AND person_id NOT IN (SELECT alias_id FROM alias)
