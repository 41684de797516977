-- One row per health declaration of before that day that told of symptoms: what they were is deleted. That it was given stays, for the
-- duty of that day rests on it.
-- before DATE: the first day of which everything is kept.
UPDATE declaration_row SET symptoms = '' WHERE declared_at < $before AND symptoms <> '' RETURNING batch_id
