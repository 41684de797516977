-- One row is added to the audit, sealed with the one before it.
-- number BIGINT, logged_at TIMESTAMP, account VARCHAR, action VARCHAR, subject VARCHAR, detail VARCHAR, salt VARCHAR, told VARCHAR, seal VARCHAR.
INSERT INTO audit (number, logged_at, account, action, subject, detail, salt, told, seal)
VALUES ($number, $logged_at, $account, $action, $subject, $detail, $salt, $told, $seal)
