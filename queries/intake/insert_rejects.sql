-- One row per rejected row of the file (frame rejects) is kept.
-- batch INTEGER.
INSERT INTO reject (batch_id, line, reason, raw)
SELECT $batch, line, reason, raw FROM rejects ORDER BY line
