-- Adds the new health declarations of the file (frame facts), by time.
-- batch INTEGER.
INSERT INTO declaration (batch_id, line, person_id, declared_at, symptoms)
SELECT $batch, line, person_id, declared_at, symptoms FROM facts ORDER BY declared_at, line
