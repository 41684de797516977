-- One row per new dose of the file (frame facts) is added.
-- batch INTEGER.
INSERT INTO dose_row (batch_id, line, person_id, number, vaccine, given_on, place, lot, confirmed_by)
SELECT $batch, line, person_id, number, vaccine, given_on, given_at, lot, confirmed_by FROM facts ORDER BY line
