-- Adds the new app installs of the file (frame facts).
-- batch INTEGER.
INSERT INTO app_install (batch_id, line, person_id, app, installed_on)
SELECT $batch, line, person_id, app, installed_on FROM facts ORDER BY line
