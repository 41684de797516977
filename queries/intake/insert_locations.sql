-- One row per new location of the file (frame fresh) is added.
-- batch INTEGER: the upload that names them.
INSERT INTO location (location_id, name, name_key, batch_id)
SELECT location_id, name, name_key, $batch FROM fresh ORDER BY location_id
