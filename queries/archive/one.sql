-- One row, or none: a document that was made.
-- document_id INTEGER.
SELECT * FROM archived WHERE document_id = $document_id
