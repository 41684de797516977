-- One row per line of the audit up to that one is deleted.
-- number BIGINT: of the last that goes.
DELETE FROM audit WHERE number <= $number RETURNING number
