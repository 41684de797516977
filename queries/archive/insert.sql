-- One row is added: a document that was made.
-- document_id INTEGER, kind VARCHAR, subject VARCHAR, first_day DATE, last_day DATE: NULL for no days. reason VARCHAR, made_at TIMESTAMP,
-- made_by VARCHAR, file_name VARCHAR, format VARCHAR, size BIGINT, sha256 VARCHAR, filing VARCHAR: JSON.
INSERT INTO document
VALUES ($document_id, $kind, $subject, $first_day, $last_day, $reason, $made_at, $made_by, $file_name, $format, $size, $sha256, $filing)
