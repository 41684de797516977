-- One row, or none when there is no such: the location whose last day was the one before this: name. NULL opens it again.
-- location INTEGER, day DATE.
UPDATE location SET closed_on = $day, by_hand = TRUE WHERE location_id = $location RETURNING name
