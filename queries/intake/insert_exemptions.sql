-- One row per exemption of the file (frame facts) is added.
-- batch INTEGER.
INSERT INTO exemption_row (batch_id, line, person_id, duty, reason, first_day, last_day, counts, edit)
SELECT $batch, line, person_id, duty, reason, first_day, last_day, counts, edit FROM facts ORDER BY line
