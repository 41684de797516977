-- One row per health declaration of somebody, newest first.
-- person BIGINT. first DATE, last DATE: both included.
SELECT declared_at, symptoms FROM declaration
WHERE person_id = $person AND declared_at >= $first AND declared_at < $last + INTERVAL '1' DAY ORDER BY declared_at DESC
