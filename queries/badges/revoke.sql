-- One row, at most, is ended: the badge that somebody has, under whatever number they had it.
-- person_id BIGINT, moment TIMESTAMP, account VARCHAR.
UPDATE badge SET revoked_at = $moment, revoked_by = $account
WHERE revoked_at IS NULL AND token IN (SELECT token FROM badge_held WHERE person_id = $person_id)
