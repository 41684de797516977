-- Each line of the audit is chained to the one before it (quetma/access/chain.py, which also chains what was there): seal is made of
-- the seal before it and of the line. What a line tells is in its seal only as `told`, so that it can be struck out later, when the law
-- has a name forgotten, without breaking the chain; told cannot be guessed at without salt, which goes with it.
ALTER TABLE audit ADD COLUMN number BIGINT;   -- 1, 2, … without a gap
ALTER TABLE audit ADD COLUMN salt VARCHAR;    -- NULL: struck out
ALTER TABLE audit ADD COLUMN told VARCHAR;    -- SHA-256 of salt, subject, detail
ALTER TABLE audit ADD COLUMN seal VARCHAR;    -- SHA-256 of the seal before it, number, logged_at, account, action, told
ALTER TABLE audit ADD COLUMN struck VARCHAR;  -- which striking out it was part of; the line of that one names its number
-- The last line that was deleted because its time is over, when there is one: where the chain begins by now.
CREATE TABLE audit_start (number BIGINT NOT NULL, seal VARCHAR NOT NULL);
