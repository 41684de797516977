-- One row is added: an entry that was taken back.
-- entry VARCHAR, moment TIMESTAMP, account VARCHAR.
INSERT INTO gate_undone VALUES ($entry, $moment, $account)
