-- One row, or none: a saved answer.
-- receipt INTEGER.
SELECT receipt_id, saved_at, saved_by, note, case_id, content, sha256 FROM receipt WHERE receipt_id = $receipt
