-- One row is changed: a location that stays, whatever uploads come and go.
-- location INTEGER.
UPDATE location SET by_hand = TRUE WHERE location_id = $location
