-- One row: number and seal of the last line of the chain; none when there is no line.
SELECT number, seal FROM audit WHERE number IS NOT NULL
UNION ALL SELECT number, seal FROM audit_start
ORDER BY number DESC LIMIT 1
