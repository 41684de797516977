-- One row per person who is in quarantine or, as a registered case, isolated, at some time since and still until: since when, the
-- earliest such, which was before until. Of a quarantine the newest entry holds; who left it before until may infect again, who was
-- cleared later on too.
-- since TIMESTAMP, until TIMESTAMP.
WITH newest AS (
    SELECT person_id, MAX(entry_id) FILTER (kind = 'quarantine') AS quarantine_entry,
        MAX(entry_id) FILTER (kind = 'verdict' AND outcome = 'cleared') AS cleared_entry
    FROM follow_up GROUP BY person_id
)
SELECT person_id, MIN(begun) AS begun FROM (
    SELECT f.person_id, f.happened_at AS begun
    FROM newest n JOIN follow_up f ON f.entry_id = n.quarantine_entry
    WHERE n.quarantine_entry > COALESCE(n.cleared_entry, 0)
    AND CAST(f.until AS TIMESTAMP) + INTERVAL '1' DAY > $since AND CAST(f.until AS TIMESTAMP) + INTERVAL '1' DAY >= $until
    UNION ALL
    SELECT person_id, isolated_at FROM registered_case
    WHERE isolated_at >= $since AND state IN ('suspected', 'confirmed')
) WHERE begun < $until GROUP BY person_id ORDER BY person_id
