-- One row per person concerned (frame concerned: person_id) who is shown otherwise than the live uploads tell: person_id, name,
-- birth_year. A person is called as the newest roster does, else as the first upload did; the birth year likewise, of those that
-- tell one. A phone is no name where there is another. What is said about somebody merged into them comes after what is said
-- about themselves.
WITH shown AS (
    SELECT person_id FROM concerned UNION SELECT a.person_id FROM alias a JOIN concerned c ON c.person_id = a.alias_id
),
named AS (
    SELECT person_id, person_id AS claimed_id, TRUE AS own FROM shown
    UNION ALL SELECT a.person_id, a.alias_id, FALSE FROM alias a JOIN shown s ON s.person_id = a.person_id
),
told AS (
    SELECT n.person_id, c.name, c.birth_year,
           ROW(
               c.name = p.phone_shown,
               CASE WHEN b.kind = 'roster' THEN -c.batch_id WHEN n.own THEN c.batch_id ELSE c.batch_id + 4294967296 END,
               NOT n.own, p.identity
           ) AS rank
    FROM named n
    JOIN person_claim c ON c.person_id = n.claimed_id
    JOIN batch b ON b.batch_id = c.batch_id AND b.batch_id NOT IN (SELECT batch_id FROM repeated)
    JOIN person p ON p.person_id = c.person_id
),
truth AS (
    SELECT person_id, ARG_MIN(name, rank) AS name, ARG_MIN(birth_year, rank) FILTER (WHERE birth_year IS NOT NULL) AS birth_year
    FROM told GROUP BY person_id
)
SELECT t.person_id, t.name, t.birth_year
FROM truth t JOIN person p ON p.person_id = t.person_id
WHERE p.name <> t.name OR p.birth_year IS DISTINCT FROM t.birth_year
