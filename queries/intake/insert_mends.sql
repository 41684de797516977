-- One row per pair of a taken row (frame marks: line, of_batch, of_line) and the rejected row that it mends is kept; a mark
-- that names no rejected row means nothing.
-- batch INTEGER.
INSERT INTO mend (batch_id, line, of_batch, of_line)
SELECT $batch, m.line, m.of_batch, m.of_line FROM marks m
JOIN reject r ON r.batch_id = m.of_batch AND r.line = m.of_line ORDER BY m.line, m.of_batch, m.of_line
