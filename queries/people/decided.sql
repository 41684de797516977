-- One row per pair of people of whom somebody or a rule said that they are one or two, newest first.
-- what: merge (person is other, by decision) | rule (the same, by the rule for names without a phone) | apart (two people).
-- name, phone, birth_year, other_*: as they are shown. decided_at, decided_by: NULL for the rule.
WITH said AS (
    SELECT 'merge' AS what, person_id, into_id AS other_id, decided_at, decided_by FROM merge
    UNION ALL
    SELECT 'apart', person_id, other_id, decided_at, decided_by FROM apart
    UNION ALL
    SELECT 'rule', alias_id, person_id, NULL, NULL FROM alias WHERE alias_id NOT IN (SELECT person_id FROM merge)
),
named AS MATERIALIZED ( -- everybody is looked through once
    SELECT person_id, name, phone_shown, birth_year, sort_key
    FROM person WHERE person_id IN (SELECT person_id FROM said UNION ALL SELECT other_id FROM said)
)
SELECT d.what, d.person_id, p.name, p.phone_shown AS phone, p.birth_year,
       d.other_id, o.name AS other_name, o.phone_shown AS other_phone, o.birth_year AS other_birth_year, d.decided_at, d.decided_by
FROM said d
JOIN named p ON p.person_id = d.person_id
JOIN named o ON o.person_id = d.other_id
ORDER BY d.decided_at DESC NULLS LAST, d.what, p.sort_key, d.person_id, d.other_id
