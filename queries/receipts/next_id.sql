-- One row: the next free receipt_id. Ask under the write lock.
SELECT COALESCE(MAX(receipt_id), 0) + 1 AS receipt_id FROM receipt
