-- One row per person (frame claims: batch_id, person_id, name, birth_year) whom their upload has not named yet is added.
INSERT INTO person_claim (batch_id, person_id, name, birth_year)
SELECT batch_id, person_id, name, birth_year FROM claims
ANTI JOIN person_claim USING (batch_id, person_id)
