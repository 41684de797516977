-- One row: how many passages an entry of the gate has.
-- entry VARCHAR.
SELECT COUNT(*) AS passages FROM door_row WHERE entry_id = $entry
