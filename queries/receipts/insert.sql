-- One row is added: a saved answer.
-- receipt_id INTEGER, saved_at TIMESTAMP, saved_by VARCHAR, note VARCHAR, case_id INTEGER: NULL for none. content VARCHAR, sha256 VARCHAR.
INSERT INTO receipt (receipt_id, saved_at, saved_by, note, case_id, content, sha256)
VALUES ($receipt_id, $saved_at, $saved_by, $note, $case_id, $content, $sha256)
