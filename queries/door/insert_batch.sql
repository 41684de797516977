-- One row is added: the upload that the check-ins of one day at one place through one door are, empty as yet.
-- batch INTEGER, kind VARCHAR, file_name VARCHAR, source VARCHAR, uploaded_at TIMESTAMP, uploaded_by VARCHAR, day DATE, door VARCHAR,
-- location INTEGER.
INSERT INTO batch (
    batch_id, kind, file_name, sha256, source, uploaded_at, uploaded_by, row_count, accepted, duplicates, rejected, first_day, last_day,
    door, location_id
) VALUES (
    $batch, $kind, $file_name, '', $source, $uploaded_at, $uploaded_by, 0, 0, 0, 0, $day, $day, $door, $location
)
