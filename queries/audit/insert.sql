-- One row is added to the audit, in the transaction of what it speaks of.
-- logged_at TIMESTAMP, account VARCHAR, action VARCHAR, subject VARCHAR, detail VARCHAR.
INSERT INTO audit VALUES ($logged_at, $account, $action, $subject, $detail)
