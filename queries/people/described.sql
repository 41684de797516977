-- One row per person of the list: who they are, and what is known of their scans.
-- position: on the staff list, NULL for a visitor. places: where they scanned, most often first, at most three.
-- people BIGINT list: their numbers.
WITH asked AS (SELECT UNNEST(CAST($people AS BIGINT[])) AS person_id),
same AS (FROM asked UNION SELECT alias_id FROM alias WHERE person_id IN (SELECT person_id FROM asked)),
scanned AS (
    SELECT person_id, location_id, COUNT(*) AS scans, MIN(scanned_at) AS first_seen, MAX(scanned_at) AS last_seen
    FROM scan WHERE named_id IN (SELECT person_id FROM same) GROUP BY person_id, location_id
),
place AS (
    SELECT c.person_id, l.name, c.scans, ROW_NUMBER() OVER (PARTITION BY c.person_id ORDER BY c.scans DESC, l.name) AS place
    FROM scanned c JOIN location l ON l.location_id = c.location_id
),
named AS (
    SELECT person_id, STRING_AGG(name, ', ' ORDER BY place) AS places FROM place WHERE place <= 3 GROUP BY person_id
),
seen AS (
    SELECT person_id, CAST(SUM(scans) AS BIGINT) AS scans, MIN(first_seen) AS first_seen, MAX(last_seen) AS last_seen
    FROM scanned GROUP BY person_id
)
SELECT p.person_id, p.name, p.phone_shown AS phone, p.birth_year, s.position, COALESCE(n.scans, 0) AS scans,
       n.first_seen, n.last_seen, COALESCE(m.places, '') AS places
FROM person p
LEFT JOIN staff s ON s.person_id = p.person_id
LEFT JOIN seen n ON n.person_id = p.person_id
LEFT JOIN named m ON m.person_id = p.person_id
WHERE LIST_CONTAINS(CAST($people AS BIGINT[]), p.person_id)
ORDER BY p.person_id
