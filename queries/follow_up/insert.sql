-- One row is added to the follow-up.
-- person_id BIGINT, case_id INTEGER: NULL for none, kind VARCHAR, outcome VARCHAR, happened_at TIMESTAMP, until DATE, detail VARCHAR,
-- of_entry INTEGER: what is taken back, entered_at TIMESTAMP, entered_by VARCHAR.
INSERT INTO follow_up_entry
SELECT (SELECT COALESCE(MAX(entry_id), 0) + 1 FROM follow_up_entry), $person_id, $case_id, $kind, $outcome, $happened_at, $until,
    $detail, $of_entry, $entered_at, $entered_by
