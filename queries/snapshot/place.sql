-- One row per place: its number, name, district, capacity, and whether it is enclosed.
SELECT location_id AS place, name, NULLIF(district, '') AS district, capacity, enclosed FROM location ORDER BY place
