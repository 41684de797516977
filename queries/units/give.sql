-- One row per place that changes hands, its name: it is that unit's from now on.
-- unit INTEGER: NULL for the root. places INTEGER[].
UPDATE location SET unit_id = $unit
WHERE LIST_CONTAINS(CAST($places AS INTEGER[]), location_id) AND unit_id IS DISTINCT FROM CAST($unit AS INTEGER)
RETURNING name
