-- One row is changed: a unit's name and the unit above it.
-- unit INTEGER, name VARCHAR, parent INTEGER: NULL for the root.
UPDATE unit SET name = $name, parent = $parent WHERE unit_id = $unit
