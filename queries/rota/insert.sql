-- One row is added: who has a duty on a day.
-- day DATE, duty VARCHAR, person_id BIGINT: NULL for nobody, entered_at TIMESTAMP, entered_by VARCHAR.
INSERT INTO shift_entry
SELECT (SELECT COALESCE(MAX(entry_id), 0) + 1 FROM shift_entry), $day, $duty, $person_id, $entered_at, $entered_by
