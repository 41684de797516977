-- One row per document of which the account has a draft, the one last written first.
-- account VARCHAR.
SELECT key, subject, words, saved_at, made
FROM draft_entry
WHERE account = $account
QUALIFY ROW_NUMBER() OVER (PARTITION BY key ORDER BY rowid DESC) = 1
ORDER BY rowid DESC
