-- One row per entry of the follow-up of somebody that holds, newest first.
-- person BIGINT.
SELECT kind, outcome, happened_at, until, detail, entered_at, entered_by
FROM follow_up WHERE person_id = $person ORDER BY happened_at DESC, entry_id DESC
