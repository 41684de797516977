-- One row per pair of a stored row and a rejected row of this upload that it mends is kept: it mended that row when the very same
-- table stood in the store before, as an upload that was undone.
-- batch INTEGER. sha256 VARCHAR, sheet VARCHAR: of its table.
INSERT INTO mend (batch_id, line, of_batch, of_line)
SELECT DISTINCT m.batch_id, m.line, $batch, m.of_line FROM mend m
JOIN batch_undone u ON u.batch_id = m.of_batch JOIN reject r ON r.batch_id = $batch AND r.line = m.of_line
WHERE u.sha256 = $sha256 AND u.sheet = $sheet ORDER BY m.batch_id, m.line, m.of_line
