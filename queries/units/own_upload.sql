-- One row when an upload is of the people or of a door of the unit whose store is asked; else none.
-- batch INTEGER.
SELECT batch_id FROM batch
WHERE batch_id = $batch
    AND (uploaded_by IN (SELECT name FROM account) OR location_id IN (SELECT location_id FROM location))
