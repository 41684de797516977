-- One row is added: something reached the person concerned about a decision, or failed to.
-- of_entry INTEGER, channel VARCHAR, failed VARCHAR, entered_at TIMESTAMP, entered_by VARCHAR.
INSERT INTO notice_entry
SELECT (SELECT COALESCE(MAX(entry_id), 0) + 1 FROM notice_entry), $of_entry, $channel, $failed, $entered_at, $entered_by
