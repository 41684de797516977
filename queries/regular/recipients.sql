-- One row per address that a document is to be sent to, in the order they were given.
-- kind VARCHAR, first_day DATE.
SELECT address FROM regular_recipient WHERE kind = $kind AND first_day = $first_day ORDER BY rowid
