-- One row per person who was ever scanned at a location: person_id.
-- location INTEGER.
SELECT DISTINCT person_id FROM scan WHERE location_id = $location
