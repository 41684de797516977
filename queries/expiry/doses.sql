-- One row per vaccine dose of before that day: where it was given and of which lot is deleted. That and when it was given stays, for the
-- duties of the days after it rest on it.
-- before DATE: the first day of which everything is kept.
UPDATE dose_row SET place = NULL, lot = NULL
WHERE given_on < $before AND (place IS NOT NULL OR lot IS NOT NULL) RETURNING batch_id
