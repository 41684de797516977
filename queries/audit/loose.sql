-- One row: how many lines have no place in the chain.
SELECT COUNT(*) FROM audit WHERE number IS NULL OR seal IS NULL OR told IS NULL
