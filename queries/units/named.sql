-- One row, or none when there is no such unit: what it and the unit above are called, as the settings of those names.
-- unit INTEGER.
SELECT u.name AS unit_name, u.name AS agency_name, COALESCE(a.name, '') AS agency_parent
FROM unit u LEFT JOIN unit a ON a.unit_id = u.parent WHERE u.unit_id = $unit
