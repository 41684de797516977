-- One row per upload that was taken back: thing (its number as text), when and by whom.
SELECT CAST(batch_id AS VARCHAR) AS thing, undone_at, undone_by FROM batch_undone
