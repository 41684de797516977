-- One row per account that is signed in: how many sessions it has.
SELECT account, COUNT(*) AS sessions FROM (
    SELECT token_hash, account FROM session GROUP BY token_hash, account
    HAVING MAX(ended_at) IS NULL AND MIN(created_at) > CAST(NOW() AS TIMESTAMP) - INTERVAL '1' DAY
) GROUP BY account ORDER BY account
