-- One row per row (batch_id, line) that turned out to repeat another just now.
SELECT batch_id, line FROM recounted WHERE NOT counts
