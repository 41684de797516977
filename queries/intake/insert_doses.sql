-- One row per dose of the file (frame facts) is added.
-- batch INTEGER.
INSERT INTO dose_row (batch_id, line, person_id, number, vaccine, given_on, place, lot, confirmed_by, counts, edit)
SELECT $batch, line, person_id, number, vaccine, given_on, given_at, lot, confirmed_by, counts, edit FROM facts ORDER BY line
