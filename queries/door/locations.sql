-- One row per location: location_id, name, closed_on.
SELECT location_id, name, closed_on FROM location
