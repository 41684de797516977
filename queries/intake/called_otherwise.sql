-- One row per person of a file (frame named: who, person_id, name_key) whose name in the store is spelled with other letters:
-- who, name and name_key as the store has them.
SELECT n.who, p.name, p.name_key
FROM named n JOIN person p ON p.person_id = n.person_id
WHERE p.name_key <> n.name_key AND p.name <> p.phone_shown
ORDER BY n.who
