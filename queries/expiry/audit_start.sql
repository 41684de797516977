-- One row is added: where the chain begins from now on.
-- number BIGINT, seal VARCHAR: of the last line that was deleted.
INSERT INTO audit_start VALUES ($number, $seal)
