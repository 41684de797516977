-- One row is added: the record of one upload.
-- batch INTEGER, kind VARCHAR, file_name VARCHAR, sha256 VARCHAR, sheet VARCHAR, origin VARCHAR, source VARCHAR, uploaded_at TIMESTAMP,
-- uploaded_by VARCHAR, row_count INTEGER, accepted INTEGER, duplicates INTEGER, rejected INTEGER, first_day DATE, last_day DATE.
INSERT INTO batch (
    batch_id, kind, file_name, sha256, sheet, origin, source, uploaded_at, uploaded_by,
    row_count, accepted, duplicates, rejected, first_day, last_day
) VALUES (
    $batch, $kind, $file_name, $sha256, $sheet, $origin, $source, $uploaded_at, $uploaded_by,
    $row_count, $accepted, $duplicates, $rejected, $first_day, $last_day
)
