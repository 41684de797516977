-- One row per contact listed for a case, the newest trace's facts of each; but not the case, who may be a contact by a later merge.
-- case_id INTEGER.
SELECT person_id, degree, exposed_at, last_at, minutes, location, listed_at FROM contact
WHERE case_id = $case_id AND person_id NOT IN (SELECT person_id FROM registered_case WHERE case_id = $case_id)
ORDER BY degree, person_id
