-- One row, or none: the printed code with that token: poster_id, location_id, location, closed_on, retired_at.
-- token VARCHAR.
SELECT p.poster_id, p.location_id, l.name AS location, l.closed_on, p.retired_at
FROM poster p JOIN location l ON l.location_id = p.location_id WHERE p.token = $token
