-- One row is added: a unit; its number is returned.
-- parent INTEGER: NULL for the root. name VARCHAR.
INSERT INTO unit SELECT COALESCE(MAX(unit_id), 0) + 1, $parent, $name FROM unit RETURNING unit_id
