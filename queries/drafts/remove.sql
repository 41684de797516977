-- One row per time that a draft was kept is removed: all of it.
-- account VARCHAR, key VARCHAR.
DELETE FROM draft_entry WHERE account = $account AND key = $key
