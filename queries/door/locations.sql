-- One row per location: location_id, name, closed_on, opens, closes.
SELECT location_id, name, closed_on, opens, closes FROM location
