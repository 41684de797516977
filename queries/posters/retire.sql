-- One row, or none when it was retired before: the printed code that is valid no more: location_id, version.
-- poster INTEGER, moment TIMESTAMP, account VARCHAR, why VARCHAR.
UPDATE poster SET retired_at = $moment, retired_by = $account, retired_why = $why
WHERE poster_id = $poster AND retired_at IS NULL RETURNING location_id, version
