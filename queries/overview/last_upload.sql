-- One row: the newest upload; none in an empty store.
-- names BOOLEAN: false leaves uploaded_by and file_name NULL.
SELECT batch_id, kind, uploaded_at, rejected,
       CASE WHEN $names THEN uploaded_by END AS uploaded_by, CASE WHEN $names THEN file_name END AS file_name
FROM batch ORDER BY batch_id DESC LIMIT 1
