-- One row, or none: of which unit's people an account is, NULL for the root's.
-- account VARCHAR.
SELECT unit_id FROM account WHERE name = $account
