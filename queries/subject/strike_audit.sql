-- One row per line of the audit that names a person, struck out: its number. It says no more about whom or what it was. Named is who is
-- meant by a phone, or by a name that nobody else known here, and no account, has or has a part of.
-- person BIGINT. struck VARCHAR: which striking out it is.
UPDATE audit SET subject = '', detail = '', salt = NULL, struck = $struck
WHERE salt IS NOT NULL AND number IN (
    WITH same AS (SELECT $person AS person_id UNION SELECT alias_id FROM alias WHERE person_id = $person),
    called AS (
        SELECT name FROM person_claim SEMI JOIN same USING (person_id) UNION SELECT name FROM person SEMI JOIN same USING (person_id)
    ),
    others AS (SELECT name FROM person ANTI JOIN same USING (person_id) UNION SELECT name FROM account),
    named AS (
        SELECT c.name AS text FROM called c WHERE LENGTH(c.name) > 3 AND NOT EXISTS (SELECT 1 FROM others o WHERE CONTAINS(o.name, c.name))
        UNION SELECT RIGHT(phone, 9) FROM person SEMI JOIN same USING (person_id) WHERE LENGTH(phone) > 9
    )
    SELECT a.number FROM audit a JOIN named n ON CONTAINS(a.subject, n.text) OR CONTAINS(a.detail, n.text)
)
RETURNING number
