-- One row: how many rows of an upload count, and how many repeat others: accepted, duplicates.
-- batch INTEGER.
SELECT accepted, duplicates FROM batch WHERE batch_id = $batch
