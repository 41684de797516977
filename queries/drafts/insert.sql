-- One row is added: a draft as it is now.
-- account VARCHAR, key VARCHAR, subject VARCHAR, words VARCHAR: JSON. saved_at TIMESTAMP, made BOOLEAN.
INSERT INTO draft_entry VALUES ($account, $key, $subject, $words, $saved_at, $made)
