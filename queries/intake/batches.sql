-- One row per upload, newest first, one page of them.
-- Of a unit: how many rows is NULL where another unit loaded it.
-- page_size INTEGER, page_start INTEGER: how many, after skipping how many.
SELECT batch_id, kind, source, file_name, uploaded_at, uploaded_by, row_count, accepted, duplicates, rejected, first_day, last_day
FROM batch ORDER BY batch_id DESC LIMIT $page_size OFFSET $page_start
