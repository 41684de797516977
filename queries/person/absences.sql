-- One row per absence of somebody, newest first.
-- person BIGINT.
SELECT reason, first_day, last_day, batch_id, line FROM absence WHERE person_id = $person ORDER BY first_day DESC
