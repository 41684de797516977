-- One row per absence of the file (frame facts) is added.
-- batch INTEGER.
INSERT INTO absence_row (batch_id, line, person_id, reason, first_day, last_day, half_first, half_last, counts)
SELECT $batch, line, person_id, reason, first_day, last_day, half_first, half_last, counts FROM facts ORDER BY line
