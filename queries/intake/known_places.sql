-- One row per place of the file (frame places) that the store knows by its name or another name of it: place, location_id.
SELECT places.place, COALESCE(location.location_id, location_alias.location_id) AS location_id
FROM places
LEFT JOIN location ON location.name_key = places.name_key
LEFT JOIN location_alias ON location_alias.name_key = places.name_key
WHERE location.location_id IS NOT NULL OR location_alias.location_id IS NOT NULL
