-- One row per new location of the file (frame fresh) is added.
INSERT INTO location (location_id, name, name_key)
SELECT location_id, name, name_key FROM fresh ORDER BY location_id
