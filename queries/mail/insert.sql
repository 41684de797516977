-- One row is added: somebody's e-mail address, '' for none any more.
-- person_id BIGINT, address VARCHAR, entered_at TIMESTAMP, entered_by VARCHAR.
INSERT INTO address_entry
SELECT (SELECT COALESCE(MAX(entry_id), 0) + 1 FROM address_entry), $person_id, $address, $entered_at, $entered_by
