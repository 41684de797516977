-- One row per run of a task, newest first.
-- task VARCHAR: NULL is any. rows INTEGER: at most so many.
SELECT task, ran_at, ran_by, failed, detail FROM upkeep
WHERE CAST($task AS VARCHAR) IS NULL OR task = $task
ORDER BY ran_at DESC, failed LIMIT $rows
