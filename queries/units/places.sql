-- One row per unit beneath the root and place of it or of a unit beneath it: unit_id, location_id.
SELECT unit_id, location_id FROM unit_place ORDER BY unit_id, location_id
