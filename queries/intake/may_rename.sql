-- One row per person whom an upload newer than all others, no staff list, names otherwise than they or whoever they are taken for are
-- shown, and who may be shown otherwise for it: in birth year, or because they have no name yet but a phone, or somebody is taken for
-- them. Of everybody else the uploads of before say it: the first one that names somebody does.
-- Table told(person_id, name, birth_year): what the upload says of people who were known before.
WITH said AS (
    SELECT person_id, person_id AS shown_id, name, birth_year FROM told
    UNION ALL SELECT t.person_id, a.person_id, t.name, t.birth_year FROM told t JOIN alias a ON a.alias_id = t.person_id
),
otherwise AS MATERIALIZED (
    SELECT s.person_id, s.shown_id, s.birth_year IS NOT NULL AND s.birth_year IS DISTINCT FROM p.birth_year AS born
    FROM said s JOIN person p ON p.person_id = s.shown_id
    WHERE s.birth_year IS NOT NULL AND s.birth_year IS DISTINCT FROM p.birth_year OR s.name <> p.name
)
SELECT DISTINCT o.person_id
FROM otherwise o JOIN person p ON p.person_id = o.shown_id
WHERE o.born OR p.name = p.phone_shown OR p.person_id IN (SELECT person_id FROM alias)
