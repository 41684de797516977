-- One row per entry about a person that holds, newest first.
-- person_id BIGINT.
SELECT entry_id, case_id, kind, outcome, happened_at, until, detail, entered_at, entered_by
FROM follow_up WHERE person_id = $person_id ORDER BY happened_at DESC, entry_id DESC
