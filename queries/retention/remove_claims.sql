-- One row per person and upload (frame claimed: batch_id, as_named) is removed whose rows have all gone from it.
DELETE FROM person_claim USING claimed
WHERE person_claim.batch_id = claimed.batch_id AND person_claim.person_id = claimed.as_named
  AND NOT EXISTS (SELECT 1 FROM scan_row r WHERE r.batch_id = claimed.batch_id AND r.person_id = claimed.as_named)
  AND NOT EXISTS (SELECT 1 FROM declaration_row r WHERE r.batch_id = claimed.batch_id AND r.person_id = claimed.as_named)
