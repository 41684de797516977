-- One row per passage (frame passages) is added: what is known of it besides the scan.
INSERT INTO door_row (batch_id, line, host, came_from, note, poster_id, inferred, entered_by, entry_id)
SELECT batch_id, line, host, came_from, note, poster_id, inferred, entered_by, entry_id FROM passages ORDER BY batch_id, line
