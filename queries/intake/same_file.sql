-- One row per earlier upload of the same file, oldest first: batch_id, uploaded_at, uploaded_by.
-- sha256 VARCHAR: of the file.
SELECT batch_id, uploaded_at, uploaded_by FROM batch WHERE sha256 = $sha256 ORDER BY batch_id
