-- One row per time that a draft was kept, of the drafts that nobody has written in since that day: all of it is deleted.
-- before DATE: the first day of which everything is kept.
DELETE FROM draft_entry
WHERE (account, key) IN (SELECT (account, key) FROM draft_entry GROUP BY account, key HAVING MAX(saved_at) < $before)
RETURNING key
