-- One row is added, or none when it is there: another name of a location.
-- name_key VARCHAR, location INTEGER, account VARCHAR, moment TIMESTAMP.
INSERT OR IGNORE INTO location_alias (name_key, location_id, decided_by, decided_at) VALUES ($name_key, $location, $account, $moment)
