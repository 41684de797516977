-- One row per person of the file (frame fresh) who has their number again is removed.
DELETE FROM former_person WHERE identity IN (SELECT identity FROM fresh)
