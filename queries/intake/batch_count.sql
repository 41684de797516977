-- One row: how many uploads there are.
SELECT COUNT(*) AS batches FROM batch
