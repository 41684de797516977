-- One row per later upload that mended rejected rows of one upload: batch_id, rows, oldest first.
-- batch INTEGER.
SELECT batch_id, COUNT(DISTINCT line) AS rows FROM mend WHERE of_batch = $batch GROUP BY batch_id ORDER BY batch_id
