-- One row per line of the audit that the filter lets through, newest first.
-- first DATE, last DATE: both included. accounts VARCHAR[], actions VARCHAR[]: [] is all. words VARCHAR[]: each stands in account,
-- subject or detail, letters folded. rows BIGINT, skip BIGINT.
SELECT number, logged_at, account, action, subject, detail, seal FROM audit
WHERE logged_at >= CAST($first AS DATE) AND logged_at < CAST($last AS DATE) + INTERVAL '1' DAY
    AND (LEN(CAST($accounts AS VARCHAR[])) = 0 OR LIST_CONTAINS($accounts, account))
    AND (LEN(CAST($actions AS VARCHAR[])) = 0 OR LIST_CONTAINS($actions, action))
    AND LEN(LIST_FILTER(CAST($words AS VARCHAR[]), LAMBDA word: NOT CONTAINS(
        REPLACE(LOWER(STRIP_ACCENTS(account || ' ' || subject || ' ' || detail)), 'đ', 'd'), word
    ))) = 0
ORDER BY logged_at DESC, number DESC
LIMIT $rows OFFSET $skip
