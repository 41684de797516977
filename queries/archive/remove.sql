-- One row is added: the file of a document was removed.
-- document_id INTEGER, removed_at TIMESTAMP, removed_by VARCHAR, why VARCHAR.
INSERT INTO document_removed VALUES ($document_id, $removed_at, $removed_by, $why)
