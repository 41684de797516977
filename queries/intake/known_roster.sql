-- One row per fact of the file (frame facts) that the store holds already: identical to the current row of that staff member, name
-- included, or loaded before from this very file.
-- sha256 VARCHAR: of the file.
SELECT facts.fact
FROM facts
WHERE EXISTS (
    SELECT 1 FROM staff JOIN person ON person.person_id = staff.person_id
    WHERE staff.person_id = facts.person_id AND staff.location_id = facts.location_id
      AND staff.position = facts.position AND staff.smartphone = facts.smartphone
      AND staff.started IS NOT DISTINCT FROM facts.started AND staff.ended IS NOT DISTINCT FROM facts.ended
      AND person.name = facts.name AND (facts.birth_year IS NULL OR person.birth_year = facts.birth_year)
) OR EXISTS (
    SELECT 1 FROM roster_row JOIN batch ON batch.batch_id = roster_row.batch_id
    WHERE batch.sha256 = $sha256 AND roster_row.line = facts.line AND roster_row.person_id = facts.person_id
)
