-- One row per person of the list who is known: how they are shown, and when they were last scanned, as view last_seen says.
-- people BIGINT[].
WITH asked AS (SELECT UNNEST(CAST($people AS BIGINT[])) AS person_id),
named AS (FROM asked UNION SELECT alias_id FROM alias WHERE person_id IN (SELECT person_id FROM asked)),
late AS (SELECT person_id, MAX(scanned_at) AS last_seen FROM unseen_scan WHERE named_id IN (SELECT person_id FROM named) GROUP BY person_id)
SELECT p.person_id, p.name, p.phone_shown AS phone, p.birth_year, p.masked, GREATEST(s.last_seen, l.last_seen) AS last_seen
FROM person p LEFT JOIN person_seen s ON s.person_id = p.person_id LEFT JOIN late l ON l.person_id = p.person_id
WHERE p.person_id IN (SELECT person_id FROM asked)
