-- One row: how the rows of one upload were counted, row_count = accepted + duplicates + rejected; none when it was undone.
-- batch INTEGER.
SELECT kind, source, row_count, accepted, duplicates, rejected FROM batch WHERE batch_id = $batch
