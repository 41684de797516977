-- One row per person whom an upload newer than all others, no staff list, may have shown otherwise than now: who has no name yet but
-- a phone, or no birth year, or is or has been taken for somebody else. Of everybody else the uploads of before say it.
-- Table told(person_id, birth_year): what the upload says of people who were known before.
SELECT t.person_id
FROM told t JOIN person p ON p.person_id = t.person_id
WHERE p.name = p.phone_shown OR p.birth_year IS NULL AND t.birth_year IS NOT NULL
   OR t.person_id IN (SELECT alias_id FROM alias UNION SELECT person_id FROM alias)
