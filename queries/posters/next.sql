-- One row, or none when there is no such location: poster_id and version of its next printed code.
-- location INTEGER.
SELECT COALESCE((SELECT MAX(poster_id) FROM poster), 0) + 1 AS poster_id,
       COALESCE((SELECT MAX(version) FROM poster WHERE location_id = $location), 0) + 1 AS version
FROM location WHERE location_id = $location
