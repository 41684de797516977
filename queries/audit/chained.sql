-- One row per line of the chain, in its order.
SELECT number, logged_at, account, action, subject, detail, salt, told, seal, struck FROM audit
WHERE number IS NOT NULL AND seal IS NOT NULL AND told IS NOT NULL ORDER BY number
