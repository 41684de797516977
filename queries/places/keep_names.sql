-- One row per other name of a location that is none any more is removed.
-- location INTEGER. keys VARCHAR: a list, those that stay.
DELETE FROM location_alias WHERE location_id = $location AND NOT LIST_CONTAINS(CAST($keys AS VARCHAR[]), name_key)
