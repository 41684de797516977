-- One row per document that was made by itself, newest first.
-- rows BIGINT: at most so many, NULL for all.
SELECT kind, first_day, last_day, document_id, made_at FROM regular_document ORDER BY document_id DESC LIMIT CAST($rows AS BIGINT)
