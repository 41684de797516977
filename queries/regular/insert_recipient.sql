-- One row is added: to whom a document is to be sent.
-- kind VARCHAR, first_day DATE, address VARCHAR.
INSERT INTO regular_recipient VALUES ($kind, $first_day, $address)
