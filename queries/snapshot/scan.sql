-- One row per scan of the day, by place and minute. Temporary table pseudonym: person_id, person. day DATE.
SELECT p.person, s.location_id AS place, DATE_TRUNC('minute', s.scanned_at) AS scanned_at, s.direction
FROM scan s JOIN pseudonym p ON p.person_id = s.person_id
WHERE s.scanned_at >= $day AND s.scanned_at < $day + INTERVAL '1' DAY
ORDER BY place, scanned_at, person, direction
