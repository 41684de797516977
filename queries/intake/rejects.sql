-- One row per rejected row of one upload, by line, one page of them.
-- batch INTEGER, page_size INTEGER, page_start INTEGER.
SELECT line, reason, raw FROM reject WHERE batch_id = $batch ORDER BY line LIMIT $page_size OFFSET $page_start
