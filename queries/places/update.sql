-- One row is changed: a location as it was described by hand.
-- location INTEGER, name VARCHAR, name_key VARCHAR, address VARCHAR, district VARCHAR, capacity INTEGER, opens TIME, closes TIME,
-- enclosed BOOLEAN, managers VARCHAR: a list, latitude DOUBLE, longitude DOUBLE.
UPDATE location SET
    name = $name, name_key = $name_key, address = $address, district = $district, capacity = $capacity, opens = $opens,
    closes = $closes, enclosed = $enclosed, managers = $managers, latitude = $latitude, longitude = $longitude, by_hand = TRUE
WHERE location_id = $location
