-- One row per health declaration of the file (frame facts) is added, by time.
-- batch INTEGER.
INSERT INTO declaration_row (batch_id, line, person_id, declared_at, symptoms, counts, edit)
SELECT $batch, line, person_id, declared_at, symptoms, counts, edit FROM facts ORDER BY declared_at, line
