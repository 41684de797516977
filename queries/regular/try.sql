-- One row is added: a try to make a document (address '') or to send it. failed VARCHAR: why it failed, '' when it did not, NULL: no
-- try, but somebody asks for another one.
-- kind VARCHAR, first_day DATE, address VARCHAR, tried_at TIMESTAMP.
INSERT INTO regular_try
SELECT (SELECT COALESCE(MAX(try_id), 0) + 1 FROM regular_try), $kind, $first_day, $address, $tried_at, $failed
