-- One row per person of the list who is known: how they are shown, and when they were last scanned.
-- people BIGINT[].
SELECT p.person_id, p.name, p.phone_shown AS phone, p.birth_year, p.masked, s.last_seen
FROM person p LEFT JOIN person_seen s ON s.person_id = p.person_id
WHERE p.person_id IN (SELECT UNNEST(CAST($people AS BIGINT[])))
