-- One row per fact of the file (frame facts) that the store holds already: the current dose of that person and number is of the same
-- day, and the row confirms nothing that was not confirmed before; or it was loaded before from this very file.
-- sha256 VARCHAR: of the file.
SELECT facts.fact
FROM facts
WHERE EXISTS (
    SELECT 1 FROM current_dose dose
    WHERE dose.person_id = facts.person_id AND dose.number = facts.number AND dose.given_on = facts.given_on
      AND (facts.confirmed_by IS NULL OR dose.confirmed_by IS NOT NULL)
) OR EXISTS (
    SELECT 1 FROM dose JOIN batch ON batch.batch_id = dose.batch_id
    WHERE batch.sha256 = $sha256 AND dose.line = facts.line AND dose.person_id = facts.person_id
)
