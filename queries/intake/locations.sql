-- One row per known location, by name: name.
SELECT name FROM location ORDER BY name_key
