-- One row per new location of the file (frame fresh) is added.
-- unit INTEGER: whose they are; NULL: the root's.
INSERT INTO location (location_id, name, name_key, unit_id)
SELECT location_id, name, name_key, $unit FROM fresh ORDER BY location_id
