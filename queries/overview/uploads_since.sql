-- One row: how many uploads there were since a moment, how many of them through the inbox, and how their rows were counted.
-- since TIMESTAMP. The files that the demo unit is made with are nobody's uploads, nor are
-- check-ins at a door. Of a unit: those of its own people alone.
SELECT CAST(COUNT(*) AS INTEGER) AS uploads,
       CAST(COUNT(*) FILTER (WHERE uploaded_by = 'inbox') AS INTEGER) AS inbox,
       CAST(COALESCE(SUM(accepted), 0) AS BIGINT) AS accepted,
       CAST(COALESCE(SUM(duplicates), 0) AS BIGINT) AS duplicates,
       CAST(COALESCE(SUM(rejected), 0) AS BIGINT) AS rejected
FROM batch WHERE uploaded_at >= $since AND uploaded_by <> 'demo' AND door IS NULL AND accepted IS NOT NULL
