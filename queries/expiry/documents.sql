-- One row per document made before that day whose file is still there: document_id.
-- before DATE: the first day of which everything is kept.
SELECT document_id FROM archived WHERE removed_at IS NULL AND made_at < $before ORDER BY document_id
