-- One row per upload that names somebody and speaks of one of these days, or of no day, newest first: batch_id, kind, source, file_name,
-- uploaded_at, uploaded_by, called (as it names them), first_line, last_line, rows.
-- named BIGINT[], batches INTEGER[]: where rows about them stand (people/uploads). first DATE, last DATE: both included.
WITH same AS (SELECT UNNEST(CAST($named AS BIGINT[])) AS person_id),
chosen AS (
    SELECT * FROM batch
    WHERE LIST_CONTAINS($batches, batch_id) AND (first_day IS NULL OR first_day <= $last AND COALESCE(last_day, first_day) >= $first)
),
told AS (
    SELECT batch_id, line FROM scan_row WHERE LIST_CONTAINS($named, person_id)
        AND batch_id BETWEEN (SELECT MIN(batch_id) FROM chosen WHERE kind = 'scans') AND (SELECT MAX(batch_id) FROM chosen WHERE kind = 'scans')
    UNION ALL SELECT batch_id, line FROM roster_row JOIN same USING (person_id)
    UNION ALL SELECT batch_id, line FROM dose_row JOIN same USING (person_id)
    UNION ALL SELECT batch_id, line FROM app_install_row JOIN same USING (person_id)
    UNION ALL SELECT batch_id, line FROM declaration_row JOIN same USING (person_id)
    UNION ALL SELECT batch_id, line FROM absence_row JOIN same USING (person_id)
    UNION ALL SELECT batch_id, line FROM exemption_row JOIN same USING (person_id)
)
SELECT b.batch_id, b.kind, b.source, b.file_name, b.uploaded_at, b.uploaded_by, k.called, n.first_line, n.last_line, n.rows
FROM (
    SELECT batch_id, CAST(MIN(line) AS INTEGER) AS first_line, CAST(MAX(line) AS INTEGER) AS last_line,
           CAST(COUNT(DISTINCT line) AS INTEGER) AS rows
    FROM told GROUP BY batch_id
) n
JOIN chosen b ON b.batch_id = n.batch_id
LEFT JOIN (
    SELECT batch_id, MIN(name) AS called FROM person_claim
    WHERE LIST_CONTAINS($named, person_id) AND batch_id BETWEEN (SELECT MIN(batch_id) FROM chosen) AND (SELECT MAX(batch_id) FROM chosen)
    GROUP BY batch_id
) k ON k.batch_id = b.batch_id
ORDER BY b.batch_id DESC
