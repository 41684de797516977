-- One row per person of the list: who they are, and what is known of their scans.
-- position: on the staff list, NULL for a visitor. places: where they scanned, most often first, at most three.
-- people BIGINT list: their numbers. Table scanned: people/scanned of all numbers that are theirs.
WITH told AS (
    SELECT COALESCE(a.person_id, c.named_id) AS person_id, c.location_id,
           CAST(SUM(c.scans) AS BIGINT) AS scans, MIN(c.first_seen) AS first_seen, MAX(c.last_seen) AS last_seen
    FROM scanned c LEFT JOIN alias a ON a.alias_id = c.named_id
    GROUP BY COALESCE(a.person_id, c.named_id), c.location_id
),
place AS (
    SELECT c.person_id, l.name, ROW_NUMBER() OVER (PARTITION BY c.person_id ORDER BY c.scans DESC, l.name) AS place
    FROM told c JOIN location l ON l.location_id = c.location_id
),
named AS (
    SELECT person_id, STRING_AGG(name, ', ' ORDER BY place) AS places FROM place WHERE place <= 3 GROUP BY person_id
),
seen AS (
    SELECT person_id, CAST(SUM(scans) AS BIGINT) AS scans, MIN(first_seen) AS first_seen, MAX(last_seen) AS last_seen
    FROM told GROUP BY person_id
)
SELECT p.person_id, p.name, p.phone_shown AS phone, p.birth_year, s.position, COALESCE(n.scans, 0) AS scans,
       n.first_seen, n.last_seen, COALESCE(m.places, '') AS places
FROM person p
LEFT JOIN staff s ON s.person_id = p.person_id
LEFT JOIN seen n ON n.person_id = p.person_id
LEFT JOIN named m ON m.person_id = p.person_id
WHERE p.person_id IN (SELECT UNNEST(CAST($people AS BIGINT[])))
ORDER BY p.person_id
