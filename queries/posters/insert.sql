-- One row is added: a printed code.
-- poster INTEGER, location INTEGER, version INTEGER, token VARCHAR, payload VARCHAR, printed_on DATE, made_at TIMESTAMP, made_by VARCHAR.
INSERT INTO poster (poster_id, location_id, version, token, payload, printed_on, made_at, made_by)
VALUES ($poster, $location, $version, $token, $payload, $printed_on, $made_at, $made_by)
