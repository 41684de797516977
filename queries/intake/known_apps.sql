-- One row per fact of the file (frame facts) that the store holds already: same person and app, installed no later.
-- An earlier day corrects a later one.
SELECT facts.fact
FROM facts
WHERE EXISTS (
    SELECT 1 FROM app_install a
    WHERE a.person_id = facts.person_id AND a.app = facts.app AND a.installed_on <= facts.installed_on
)
