-- One row per name that some roster gives a staff member.
SELECT DISTINCT name FROM person_claim WHERE batch_id IN (SELECT batch_id FROM batch WHERE kind = 'roster')
