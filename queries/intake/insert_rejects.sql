-- Keeps the rejected rows of the file (frame rejects).
-- batch INTEGER.
INSERT INTO reject (batch_id, line, reason, raw)
SELECT $batch, line, reason, raw FROM rejects ORDER BY line
