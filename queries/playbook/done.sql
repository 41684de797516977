-- One row per step of a case's checklist about which something was said, as it is by now.
-- case_id INTEGER.
SELECT step, done, note, entered_at, entered_by FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY step ORDER BY entry_id DESC) AS newest FROM step_entry WHERE case_id = $case_id
) WHERE newest = 1 ORDER BY entered_at, step
