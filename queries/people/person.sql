-- One row: the person with this id, or whom that one is by decision; none when there is no such person. The columns of
-- quetma.directory.find, and e164: the phone in that form, or NULL.
-- person_id BIGINT. day DATE: the day that says who is staff.
WITH asked AS (
    SELECT COALESCE((SELECT person_id FROM alias WHERE alias_id = CAST($person_id AS BIGINT)), CAST($person_id AS BIGINT)) AS person_id
),
named AS (FROM asked UNION SELECT alias_id FROM alias WHERE person_id IN (SELECT person_id FROM asked)),
late AS (SELECT MAX(scanned_at) AS last_seen FROM unseen_scan WHERE named_id IN (SELECT person_id FROM named))
SELECT p.person_id, p.name, p.phone_shown AS phone, p.phone AS e164, p.birth_year,
    CASE WHEN p.person_id IN (
        SELECT person_id FROM staff
        WHERE CAST($day AS DATE) BETWEEN COALESCE(started, DATE '0001-01-01') AND COALESCE(ended, DATE '9999-12-31')
    ) THEN 'staff' ELSE 'visitor' END AS kind,
    p.masked, TRUE AS exact,
    GREATEST(s.last_seen, (SELECT last_seen FROM late)) AS last_seen
FROM person p LEFT JOIN person_seen s ON s.person_id = p.person_id
WHERE p.person_id = (SELECT person_id FROM asked)
