-- One row, or none: one upload, and how its table looked.
-- batch INTEGER.
SELECT
    batch_id, kind, source, file_name, sheet, origin, uploaded_at, uploaded_by, row_count, accepted, duplicates, rejected, first_day,
    last_day
FROM batch WHERE batch_id = $batch
