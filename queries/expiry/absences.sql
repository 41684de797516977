-- One row per absence that ended before that day: its reason is deleted. Reasons that were told apart still are, by a number: which of
-- two rows repeats the other rests on that.
-- before DATE: the first day of which everything is kept. gone VARCHAR: what stands there instead.
UPDATE absence_row SET reason = t.told
FROM (
    SELECT batch_id, line, reason AS was, $gone || CASE WHEN apart > 1 THEN ' ' || apart ELSE '' END AS told
    FROM (
        SELECT *, DENSE_RANK() OVER (
            PARTITION BY person_id, first_day, last_day, half_first, half_last ORDER BY STARTS_WITH(reason, $gone) DESC, reason
        ) AS apart
        FROM absence_row WHERE last_day < $before
    )
) t
WHERE absence_row.batch_id = t.batch_id AND absence_row.line = t.line AND absence_row.last_day < $before
    AND NOT STARTS_WITH(absence_row.reason, $gone)
RETURNING absence_row.batch_id
