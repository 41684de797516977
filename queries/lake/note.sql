-- One row per day is added, or counted up: of it something changed that a second engine has not been told.
-- days DATE: a list.
INSERT OR REPLACE INTO unpublished
SELECT day, (SELECT COALESCE(MAX(change), 0) + 1 FROM unpublished) FROM (SELECT UNNEST(CAST($days AS DATE[])) AS day)
