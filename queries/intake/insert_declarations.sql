-- One row per new health declaration of the file (frame facts) is added, by time.
-- batch INTEGER.
INSERT INTO declaration_row (batch_id, line, person_id, declared_at, symptoms)
SELECT $batch, line, person_id, declared_at, symptoms FROM facts ORDER BY declared_at, line
