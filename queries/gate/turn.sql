-- One row per passage of an entry is changed: it was the other way.
-- entry VARCHAR, direction VARCHAR.
UPDATE scan_row SET direction = $direction
WHERE (batch_id, line) IN (SELECT (batch_id, line) FROM door_row WHERE entry_id = $entry)
