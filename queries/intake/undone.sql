-- One row per upload that was taken back, the latest first, one page of them.
-- page_size INTEGER, page_start INTEGER: how many, after skipping how many.
SELECT batch_id, kind, source, file_name, row_count, accepted, uploaded_at, uploaded_by, undone_at, undone_by, COUNT(*) OVER () AS total
FROM batch_undone ORDER BY undone_at DESC, batch_id DESC LIMIT $page_size OFFSET $page_start
