-- One row is added: a location registered by hand, with its opening hours.
-- location INTEGER, name VARCHAR, name_key VARCHAR, opens TIME, closes TIME.
INSERT INTO location (location_id, name, name_key, opens, closes, by_hand)
VALUES ($location, $name, $name_key, $opens, $closes, TRUE)
