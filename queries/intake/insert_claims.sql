-- One row per person of the file's good rows (frame claims) is added: what this upload calls them.
-- batch INTEGER.
INSERT INTO person_claim (batch_id, person_id, name, birth_year) SELECT $batch, person_id, name, birth_year FROM claims
