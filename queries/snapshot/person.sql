-- One row per person of a scan or a staff list: pseudonym, kind, decade of birth. Temporary table pseudonym: person_id, person.
-- day DATE: on which somebody is staff. fewest INTEGER: of a decade that fewer people of that kind share nobody is told.
WITH told AS (
    SELECT n.person, CASE WHEN p.masked THEN 'masked' WHEN s.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind,
           CAST(CASE WHEN NOT p.masked THEN p.birth_year // 10 * 10 END AS SMALLINT) AS decade
    FROM pseudonym n
    JOIN person p ON p.person_id = n.person_id
    LEFT JOIN (
        SELECT DISTINCT person_id FROM employment WHERE $day BETWEEN first_day AND last_day
    ) s ON s.person_id = p.person_id
)
SELECT person, kind, CASE WHEN COUNT(*) OVER (PARTITION BY kind, decade) >= $fewest THEN decade END AS born
FROM told ORDER BY person
