-- One row per place of the file's good rows (frame claims) is added: what this upload calls it.
-- batch INTEGER.
INSERT INTO location_claim (batch_id, location_id, name)
SELECT $batch, c.location_id, CASE WHEN c.name_key = l.name_key THEN c.name END
FROM claims c JOIN location l ON l.location_id = c.location_id
