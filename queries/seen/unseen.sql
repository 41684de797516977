-- One row: how many rows the uploads have that person_seen does not know of.
SELECT COALESCE(SUM(row_count), 0) AS rows FROM batch WHERE batch_id IN (SELECT batch_id FROM unseen_batch)
