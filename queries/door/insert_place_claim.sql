-- One row is added: an upload at a door is about that place, and calls it nothing.
-- batch INTEGER, location INTEGER.
INSERT INTO location_claim (batch_id, location_id, name) VALUES ($batch, $location, NULL)
