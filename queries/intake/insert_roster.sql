-- One row per staff member of the file (frame facts) is added.
-- batch INTEGER.
INSERT INTO roster_row (batch_id, line, person_id, position, location_id, smartphone, started, ended, since, counts, edit)
SELECT $batch, line, person_id, position, location_id, smartphone, started, ended, since, counts, edit FROM facts ORDER BY line
