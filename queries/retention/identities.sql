-- One row per number that these people (frame leaving: person_id) have or had: person_id, as_named, name.
WITH who AS (SELECT DISTINCT person_id FROM leaving), numbers AS (
    SELECT person_id, person_id AS as_named FROM who
    UNION SELECT a.person_id, a.alias_id FROM alias a JOIN who ON who.person_id = a.person_id
)
SELECT DISTINCT n.person_id, n.as_named, c.name
FROM numbers n JOIN person_claim c ON c.person_id = n.as_named
