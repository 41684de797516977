-- One row per rejected row of an upload of scans of before that day: what stood in it is deleted; that and why it was rejected stays.
-- before DATE: the first day of which everything is kept.
UPDATE reject SET raw = ''
WHERE raw <> '' AND batch_id IN (
    SELECT batch_id FROM batch WHERE kind = 'scans' AND COALESCE(last_day, CAST(uploaded_at AS DATE)) < $before
) RETURNING batch_id
