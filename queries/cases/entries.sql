-- One row per statement about a case, newest first.
-- case_id INTEGER.
SELECT state, symptoms, signs, onset, isolated_at, note, entered_at, entered_by FROM case_entry WHERE case_id = $case_id
ORDER BY entry_id DESC
