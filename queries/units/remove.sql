-- One row goes: a unit.
-- unit INTEGER.
DELETE FROM unit WHERE unit_id = $unit
