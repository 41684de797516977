-- One row per line of a store of before there was a chain, in the order of time.
SELECT logged_at, account, action, subject, detail FROM audit ORDER BY logged_at, account, action, subject, detail
