-- One row: how many lines of the audit the filter lets through.
-- Parameters as in audit/lines.
SELECT COUNT(*) AS lines FROM audit
WHERE logged_at >= CAST($first AS DATE) AND logged_at < CAST($last AS DATE) + INTERVAL '1' DAY
    AND (LEN(CAST($accounts AS VARCHAR[])) = 0 OR LIST_CONTAINS($accounts, account))
    AND (LEN(CAST($actions AS VARCHAR[])) = 0 OR LIST_CONTAINS($actions, action))
    AND LEN(LIST_FILTER(CAST($words AS VARCHAR[]), LAMBDA word: NOT CONTAINS(
        REPLACE(LOWER(STRIP_ACCENTS(account || ' ' || subject || ' ' || detail)), 'đ', 'd'), word
    ))) = 0
