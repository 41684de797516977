-- One row per place that is not the root's: location_id, unit_id.
SELECT location_id, unit_id FROM location WHERE unit_id IS NOT NULL ORDER BY location_id
