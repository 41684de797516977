-- One row per person in quarantine or, as a registered case, isolated, at some time since: since when, the earliest such.
-- since TIMESTAMP.
SELECT person_id, MIN(begun) AS begun FROM (
    SELECT person_id, happened_at AS begun FROM follow_up
    WHERE kind = 'quarantine' AND CAST(until AS TIMESTAMP) + INTERVAL '1' DAY > $since
    UNION ALL
    SELECT person_id, isolated_at FROM registered_case
    WHERE isolated_at >= $since AND state IN ('suspected', 'confirmed')
) GROUP BY person_id ORDER BY person_id
