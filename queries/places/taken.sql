-- One row per name that means a location: name_key, location_id.
SELECT name_key, location_id FROM location UNION ALL SELECT name_key, location_id FROM location_alias
