-- One row is added: what is now said of a case.
-- case_id INTEGER: NULL for a new one. person_id BIGINT, state VARCHAR, symptoms BOOLEAN, signs VARCHAR, onset DATE, isolated_at TIMESTAMP, rule VARCHAR,
-- days_before SMALLINT, note VARCHAR, entered_at TIMESTAMP, entered_by VARCHAR.
INSERT INTO case_entry
SELECT (SELECT COALESCE(MAX(entry_id), 0) + 1 FROM case_entry),
    COALESCE(CAST($case_id AS INTEGER), (SELECT COALESCE(MAX(case_id), 0) + 1 FROM case_entry)),
    $person_id, $state, $symptoms, $signs, $onset, $isolated_at, $rule, $days_before, $note, $entered_at, $entered_by
RETURNING case_id
