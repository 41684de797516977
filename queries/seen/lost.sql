-- One row per person in the temporary table touched_person whose newest scan was in the span and is not any more: last_seen is
-- that of the newest from before the span, NULL without any.
-- Table seen(person_id, last_seen): the newest scans in the span. first TIMESTAMP, last TIMESTAMP: both included.
WITH lost AS (
    SELECT p.person_id FROM person_seen p ANTI JOIN seen n ON n.person_id = p.person_id
    WHERE p.last_seen BETWEEN $first AND $last AND p.person_id IN (SELECT person_id FROM touched_person)
)
SELECT l.person_id, s.last_seen
FROM lost l
LEFT JOIN (
    SELECT person_id, MAX(scanned_at) AS last_seen
    FROM scan WHERE scanned_at < $first AND person_id IN (SELECT person_id FROM lost) GROUP BY person_id
) s ON s.person_id = l.person_id
