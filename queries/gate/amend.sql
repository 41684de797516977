-- One row per passage of an entry is changed: whom they come to see, and where from.
-- entry VARCHAR, host VARCHAR, came_from VARCHAR.
UPDATE door_row SET host = $host, came_from = $came_from WHERE entry_id = $entry
