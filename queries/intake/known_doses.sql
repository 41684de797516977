-- One row per fact of the file (frame facts) that the store holds already: same person, number and day, and the row confirms nothing
-- that was not confirmed before.
SELECT facts.fact
FROM facts
WHERE EXISTS (
    SELECT 1 FROM dose
    WHERE dose.person_id = facts.person_id AND dose.number = facts.number AND dose.given_on = facts.given_on
      AND (facts.confirmed_by IS NULL OR dose.confirmed_by IS NOT NULL)
)
