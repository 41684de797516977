-- One row: how the rows of one upload were counted, row_count = accepted + duplicates + rejected; none when it was undone.
-- batch INTEGER.
SELECT kind, row_count, accepted, duplicates, rejected FROM batch WHERE batch_id = $batch
