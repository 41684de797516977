-- One row per rejected row of one upload, by line, one page of them. mended_by: the newest upload that mended it, or null.
-- batch INTEGER, page_size INTEGER, page_start INTEGER.
-- open_only BOOLEAN: neither those that are mended nor notes, which are no records and cannot be mended.
SELECT r.line, r.reason, r.raw, m.mended_by FROM reject r
LEFT JOIN (SELECT of_line, MAX(batch_id) AS mended_by FROM mend WHERE of_batch = $batch GROUP BY of_line) m
    ON m.of_line = r.line
WHERE r.batch_id = $batch AND NOT ($open_only AND (m.mended_by IS NOT NULL OR r.reason IN ('total_row', 'header_row')))
ORDER BY r.line LIMIT $page_size OFFSET $page_start
