-- One row per fact of the file (frame facts) that the store holds already: same person and second.
SELECT facts.fact
FROM facts
WHERE EXISTS (
    SELECT 1 FROM declaration d WHERE d.person_id = facts.person_id AND d.declared_at = facts.declared_at
)
