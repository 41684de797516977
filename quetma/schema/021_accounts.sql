-- Accounts that can be given a first password, switched off and kept by a second factor; sessions that tell where they are.
ALTER TABLE account ADD COLUMN first_until TIMESTAMP;    -- its password is a first one, good until then and to be changed; NULL: their own
ALTER TABLE account ADD COLUMN off_since TIMESTAMP;      -- nobody signs in to it; NULL: somebody may
ALTER TABLE account ADD COLUMN second_secret VARCHAR;    -- of the second factor (TOTP), base32; NULL: none
ALTER TABLE account ADD COLUMN second_step BIGINT;       -- the time step of the last code taken, which is not taken again
ALTER TABLE session ADD COLUMN address VARCHAR;          -- where the browser was when it signed in
ALTER TABLE session ADD COLUMN browser VARCHAR;          -- what it called itself
-- One row per code that replaces the second factor once.
CREATE TABLE recovery_code (account VARCHAR NOT NULL, code_hash VARCHAR NOT NULL, used_at TIMESTAMP);
