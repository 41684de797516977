-- One row: how many rejected rows one upload has, how many of them are mended by now, and how many can be mended still.
-- batch INTEGER.
SELECT
    COUNT(*) AS rejected, COUNT(m.of_line) AS mended,
    COUNT(*) FILTER (WHERE m.of_line IS NULL AND r.reason NOT IN ('total_row', 'header_row')) AS open
FROM reject r LEFT JOIN (SELECT DISTINCT of_line FROM mend WHERE of_batch = $batch) m ON m.of_line = r.line
WHERE r.batch_id = $batch
