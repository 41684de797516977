-- One row: how many places and accounts are a unit's own.
-- unit INTEGER.
SELECT (SELECT COUNT(*) FROM location WHERE unit_id = $unit) AS places, (SELECT COUNT(*) FROM account WHERE unit_id = $unit) AS accounts
