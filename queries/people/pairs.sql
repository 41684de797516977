-- One row per pair of people (table pair: person_id, other_id): what their scans and lists say of the two being one.
-- first_*, last_*: their scans, NULL without any. clash_at: when they first were at two places at the same time by stays with both
-- ends scanned, with the two places; NULL when never. same_list: one staff list has both.
WITH somebody AS (
    SELECT person_id FROM pair UNION SELECT other_id FROM pair
),
seen AS (
    SELECT person_id, MIN(scanned_at) AS first_seen, MAX(scanned_at) AS last_seen
    FROM scan WHERE named_id IN (FROM somebody UNION SELECT alias_id FROM alias WHERE person_id IN (FROM somebody)) GROUP BY person_id
),
sure_stay AS (
    SELECT person_id, location_id, t_in, t_out
    FROM stay WHERE in_seen AND out_seen AND person_id IN (SELECT person_id FROM somebody)
),
clash AS (
    SELECT p.person_id, p.other_id, MIN(GREATEST(a.t_in, b.t_in)) AS clash_at,
           MIN_BY(a.location_id, GREATEST(a.t_in, b.t_in)) AS location_id,
           MIN_BY(b.location_id, GREATEST(a.t_in, b.t_in)) AS other_location_id
    FROM pair p
    JOIN sure_stay a ON a.person_id = p.person_id
    JOIN sure_stay b ON b.person_id = p.other_id
        AND b.location_id <> a.location_id AND b.t_in < a.t_out AND a.t_in < b.t_out
    GROUP BY p.person_id, p.other_id
),
listed AS (
    SELECT DISTINCT c.batch_id, COALESCE(a.person_id, c.person_id) AS person_id
    FROM person_claim c
    JOIN batch b ON b.batch_id = c.batch_id AND b.kind = 'roster'
    LEFT JOIN alias a ON a.alias_id = c.person_id
),
both_listed AS (
    SELECT DISTINCT p.person_id, p.other_id
    FROM pair p
    JOIN listed a ON a.person_id = p.person_id
    JOIN listed b ON b.person_id = p.other_id AND b.batch_id = a.batch_id
)
SELECT p.person_id, p.other_id, s.first_seen, s.last_seen, o.first_seen AS other_first_seen, o.last_seen AS other_last_seen,
       c.clash_at, l.name AS place, ol.name AS other_place, g.person_id IS NOT NULL AS same_list
FROM pair p
LEFT JOIN seen s ON s.person_id = p.person_id
LEFT JOIN seen o ON o.person_id = p.other_id
LEFT JOIN clash c ON c.person_id = p.person_id AND c.other_id = p.other_id
LEFT JOIN location l ON l.location_id = c.location_id
LEFT JOIN location ol ON ol.location_id = c.other_location_id
LEFT JOIN both_listed g ON g.person_id = p.person_id AND g.other_id = p.other_id
ORDER BY p.person_id, p.other_id
