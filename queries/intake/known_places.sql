-- One row per place of the file (frame places) that the store knows: place, location_id.
SELECT places.place, location.location_id
FROM places JOIN location ON location.name_key = places.name_key
