-- One row per file that documents lie in.
SELECT sha256, MIN(size) AS size, MIN(document_id) AS document_id FROM document GROUP BY sha256 ORDER BY document_id
