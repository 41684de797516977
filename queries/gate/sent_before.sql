-- One row when this entry was sent before, else none: undone, whether it was taken back.
-- entry VARCHAR.
SELECT TRUE AS undone FROM gate_undone WHERE entry_id = $entry
UNION ALL
SELECT FALSE FROM door_row WHERE entry_id = $entry
LIMIT 1
