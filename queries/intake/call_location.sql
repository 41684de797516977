-- One row per other name of a location (frame called: name_key, location_id) is added or replaced.
-- account VARCHAR, moment TIMESTAMP.
INSERT OR REPLACE INTO location_alias (name_key, location_id, decided_by, decided_at)
SELECT name_key, location_id, $account, $moment FROM called
