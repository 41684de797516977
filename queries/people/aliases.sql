-- One row per number that is somebody else by a decision or the rule for names: alias_id, person_id.
SELECT alias_id, person_id FROM alias ORDER BY alias_id
