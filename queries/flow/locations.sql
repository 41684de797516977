-- One row per location, by name.
SELECT location_id, name FROM location ORDER BY name_key
