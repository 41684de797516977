-- One row per upload whose passages (frame removed) go is changed: it has so many fewer.
UPDATE batch SET row_count = row_count - n.all_rows, accepted = accepted - n.counted, duplicates = duplicates - n.all_rows + n.counted
FROM (
    SELECT batch_id, COUNT(*) AS all_rows, SUM(CASE WHEN counts THEN 1 ELSE 0 END) AS counted FROM removed GROUP BY batch_id
) n WHERE n.batch_id = batch.batch_id
