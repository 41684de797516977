-- One row when lines of the audit are over: number and seal of the last of them, before which none is of a later day.
-- before DATE: the first day of which everything is kept.
SELECT number, seal FROM audit
WHERE number < COALESCE((SELECT MIN(number) FROM audit WHERE logged_at >= $before), (SELECT MAX(number) FROM audit))
ORDER BY number DESC LIMIT 1
