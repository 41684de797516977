-- One row per span of days on which somebody was staff and described so, newest first. first_day, last_day: NULL is open. since,
-- started, ended: as the row behind it says.
-- person BIGINT.
SELECT NULLIF(e.first_day, DATE '0001-01-01') AS first_day, NULLIF(e.last_day, DATE '9999-12-31') AS last_day, e.position,
       l.name AS location, e.smartphone, e.batch_id, e.line, d.since, d.started, d.ended
FROM employment e
JOIN location l ON l.location_id = e.location_id
JOIN described d ON d.person_id = e.person_id AND d.batch_id = e.batch_id AND d.line = e.line
WHERE e.person_id = $person ORDER BY e.first_day DESC
