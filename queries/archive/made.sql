-- One row per document made, newest first, one page of them. total: how many there are in all.
-- kind VARCHAR: only those, NULL for all. page_size INTEGER, page_start INTEGER: how many, after skipping how many.
SELECT *, COUNT(*) OVER () AS total FROM archived
WHERE CAST($kind AS VARCHAR) IS NULL OR kind = CAST($kind AS VARCHAR)
ORDER BY document_id DESC LIMIT $page_size OFFSET $page_start
