-- One row per arrival of the day or the day before whose host is known: person_id, location_id, since, host.
-- day DATE.
SELECT person_id, location_id, scanned_at AS since, MAX(host) AS host FROM door_visit
WHERE host <> '' AND scanned_at >= CAST($day AS TIMESTAMP) - INTERVAL '1' DAY AND scanned_at < CAST($day AS TIMESTAMP) + INTERVAL '1' DAY
GROUP BY person_id, location_id, scanned_at
