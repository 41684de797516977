-- One row per person whom some version of the plan names and who is somebody else by decision: alias_id, person_id.
SELECT alias_id, person_id FROM alias WHERE alias_id IN (SELECT UNNEST(people) FROM plan_version) ORDER BY alias_id
