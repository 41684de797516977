-- One row per file that documents lie in whose file was not removed.
SELECT sha256, MIN(size) AS size, MIN(document_id) AS document_id FROM archived WHERE removed_at IS NULL GROUP BY sha256 ORDER BY document_id
