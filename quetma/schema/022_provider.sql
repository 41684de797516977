-- Accounts of people whom the agency's own sign-in (OIDC) knows.
ALTER TABLE account ADD COLUMN subject VARCHAR;   -- issuer and subject there, which never change; NULL: an account of this unit alone
