-- One row is removed, or none: this is no other name any more, for it is the name.
-- name_key VARCHAR.
DELETE FROM location_alias WHERE name_key = $name_key
