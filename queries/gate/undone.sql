-- One row when this entry was taken back, else none.
-- entry VARCHAR.
SELECT undone_at FROM gate_undone WHERE entry_id = $entry
