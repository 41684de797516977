-- One row is added: a decision about somebody who missed a duty, or with of_entry that one is taken back.
-- person_id BIGINT, duty VARCHAR, step VARCHAR, missed DATE[], reason VARCHAR, decided_on DATE, document VARCHAR,
-- of_entry INTEGER: NULL for a decision. entered_at TIMESTAMP, entered_by VARCHAR.
INSERT INTO conduct_entry
SELECT (SELECT COALESCE(MAX(entry_id), 0) + 1 FROM conduct_entry), $person_id, $duty, $step, $missed, $reason, $decided_on, $document,
    $of_entry, $entered_at, $entered_by
RETURNING entry_id
