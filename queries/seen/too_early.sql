-- One row: of how many people person_seen says nothing, or an earlier moment than an upload that it knows of.
SELECT COUNT(*) AS people
FROM (
    SELECT person_id, MAX(scanned_at) AS last_seen FROM scan WHERE batch_id NOT IN (SELECT batch_id FROM unseen_batch) GROUP BY person_id
) n
LEFT JOIN person_seen p ON p.person_id = n.person_id
WHERE p.last_seen IS NULL OR p.last_seen < n.last_seen
