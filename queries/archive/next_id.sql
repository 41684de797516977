-- One row: the next free document_id. Ask under the write lock.
SELECT COALESCE(MAX(document_id), 0) + 1 AS document_id FROM document
