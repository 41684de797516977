-- One row is added: a step of a case's checklist is done, or not after all.
-- case_id INTEGER, step VARCHAR, done BOOLEAN, note VARCHAR, entered_at TIMESTAMP, entered_by VARCHAR.
INSERT INTO step_entry
SELECT (SELECT COALESCE(MAX(entry_id), 0) + 1 FROM step_entry), $case_id, $step, $done, $note, $entered_at, $entered_by
