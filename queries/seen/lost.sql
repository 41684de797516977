-- One row per person in the temporary table touched_person whose newest scan was in the span and is not any more: person_id.
-- Table seen(person_id, last_seen): the newest scans in the span. first TIMESTAMP, last TIMESTAMP: both included.
SELECT p.person_id FROM person_seen p ANTI JOIN seen n ON n.person_id = p.person_id
WHERE p.last_seen BETWEEN $first AND $last AND p.person_id IN (SELECT person_id FROM touched_person)
