-- One row per person who is another by decision: person_id, into_id.
SELECT person_id, into_id FROM merge ORDER BY person_id
