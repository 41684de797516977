-- One row per saved answer, newest first, one page of them. total: how many there are in all.
-- case_id INTEGER: only those of this registered case, NULL for all. page_size INTEGER, page_start INTEGER: how many, after skipping how many.
SELECT receipt_id, saved_at, saved_by, note, case_id, content, sha256, COUNT(*) OVER () AS total
FROM receipt WHERE CAST($case_id AS INTEGER) IS NULL OR case_id = CAST($case_id AS INTEGER)
ORDER BY receipt_id DESC LIMIT $page_size OFFSET $page_start
