-- One row per person (frame removed) whom an upload no longer names is removed.
DELETE FROM person_claim USING removed
WHERE person_claim.batch_id = removed.batch_id AND person_claim.person_id = removed.as_named
  AND NOT EXISTS (SELECT 1 FROM scan_row r WHERE r.batch_id = removed.batch_id AND r.person_id = removed.as_named)
