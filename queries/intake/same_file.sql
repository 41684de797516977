-- One row per earlier upload of the same table, oldest first: batch_id, uploaded_at, uploaded_by.
-- sha256 VARCHAR: of the file. sheet VARCHAR: of a workbook, else ''.
SELECT batch_id, uploaded_at, uploaded_by FROM batch WHERE sha256 = $sha256 AND sheet = $sheet ORDER BY batch_id
