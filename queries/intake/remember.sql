-- One row is added or replaced: how tables with these plain headers are read.
-- signature VARCHAR, choices VARCHAR, account VARCHAR, moment TIMESTAMP.
INSERT OR REPLACE INTO remembered_mapping (signature, choices, remembered_by, remembered_at)
VALUES ($signature, $choices, $account, $moment)
