-- One row per app install of the file (frame facts) is added.
-- batch INTEGER.
INSERT INTO app_install_row (batch_id, line, person_id, app, installed_on, counts, edit)
SELECT $batch, line, person_id, app, installed_on, counts, edit FROM facts ORDER BY line
