-- One row per health declaration made at a door (frame passages) is added.
INSERT INTO declaration_row (batch_id, line, person_id, declared_at, symptoms)
SELECT batch_id, line, person_id, moment, symptoms FROM passages ORDER BY moment, line
