-- One row per location that is open on the day, by name: location_id, name, capacity (NULL: not said).
-- day DATE.
SELECT location_id, name, capacity FROM location WHERE closed_on IS NULL OR closed_on > $day ORDER BY name_key
