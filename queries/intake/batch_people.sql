-- One row: how many people the rows of one upload are about that count.
-- batch INTEGER.
SELECT COUNT(DISTINCT person_id) AS people FROM (
    SELECT person_id FROM scan WHERE batch_id = $batch UNION ALL SELECT person_id FROM dose WHERE batch_id = $batch
    UNION ALL SELECT person_id FROM app_install WHERE batch_id = $batch
    UNION ALL SELECT person_id FROM declaration WHERE batch_id = $batch
    UNION ALL SELECT person_id FROM absence WHERE batch_id = $batch
    UNION ALL SELECT person_id FROM exemption WHERE batch_id = $batch
    UNION ALL SELECT person_id FROM roster_row WHERE batch_id = $batch AND counts
)
