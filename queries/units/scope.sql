-- One row: a unit and those beneath it, and the places of all of them, as lists of numbers in order.
-- unit INTEGER.
SELECT
    COALESCE((SELECT LIST(beneath_id ORDER BY beneath_id) FROM unit_beneath WHERE unit_id = $unit), []) AS units,
    COALESCE((SELECT LIST(location_id ORDER BY location_id) FROM unit_place WHERE unit_id = $unit), []) AS places
