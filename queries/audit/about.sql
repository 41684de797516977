-- One row per line of the audit that names a person, or one who is called the same, newest first.
-- person BIGINT. rows INTEGER: at most so many.
WITH same AS (SELECT $person AS person_id UNION SELECT alias_id FROM alias WHERE person_id = $person),
named AS (
    SELECT DISTINCT text FROM (
        SELECT c.name AS text FROM person_claim c SEMI JOIN same USING (person_id)
        UNION SELECT k.name FROM known_person k SEMI JOIN same USING (person_id)
        UNION SELECT k.phone_shown FROM known_person k SEMI JOIN same USING (person_id)
        UNION SELECT p.phone FROM person p SEMI JOIN same USING (person_id)
    ) WHERE LENGTH(text) > 3
),
numbers AS (SELECT 'person ' || person_id AS text FROM same)
SELECT logged_at, account, action, subject, detail FROM audit
WHERE subject IN (SELECT text FROM numbers)
    OR EXISTS (SELECT 1 FROM named n WHERE CONTAINS(audit.subject, n.text) OR CONTAINS(audit.detail, n.text))
ORDER BY number DESC LIMIT $rows
