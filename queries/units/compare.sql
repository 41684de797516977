-- One row per unit of the list: unit_id; staff: how many are on the staff list on the day; have and due of each duty, NULL when it is
-- nobody's; visitors, scans, arrivals (among them), people (whose scans they are): of the day; last_day: the newest day with scans; uploaded_at: the newest upload of its places, check-ins at
-- a door left out; cases: open ones of its staff or registered by its people.
-- units INTEGER[]: which units. day DATE.
WITH chosen AS (SELECT UNNEST(CAST($units AS INTEGER[])) AS unit_id),
place AS (SELECT p.unit_id, p.location_id FROM unit_place p SEMI JOIN chosen c ON c.unit_id = p.unit_id),
duty AS (
    SELECT p.unit_id,
        SUM(d.have) FILTER (WHERE d.duty = 'apps') AS apps_have, SUM(d.due) FILTER (WHERE d.duty = 'apps') AS apps_due,
        SUM(d.have) FILTER (WHERE d.duty = 'vaccinated') AS vaccinated_have, SUM(d.due) FILTER (WHERE d.duty = 'vaccinated') AS vaccinated_due,
        SUM(d.have) FILTER (WHERE d.duty = 'declared') AS declared_have, SUM(d.due) FILTER (WHERE d.duty = 'declared') AS declared_due,
        SUM(d.have) FILTER (WHERE d.duty = 'scanned') AS scanned_have, SUM(d.due) FILTER (WHERE d.duty = 'scanned') AS scanned_due
    FROM compliance_day d JOIN place p ON p.location_id = d.location_id WHERE d.day = $day GROUP BY p.unit_id
),
staffed AS (
    SELECT p.unit_id, COUNT(DISTINCT u.person_id) AS staff
    FROM duty_day u JOIN place p ON p.location_id = u.location_id WHERE u.day = $day GROUP BY p.unit_id
),
flow AS (
    SELECT unit_id, SUM(people) FILTER (WHERE day = $day AND kind = 'visitor') AS visitors, SUM(scans) FILTER (WHERE day = $day) AS scans,
        SUM(arrivals) FILTER (WHERE day = $day) AS arrivals, SUM(people) FILTER (WHERE day = $day) AS people,
        MAX(day) AS last_day
    FROM unit_day WHERE day <= $day GROUP BY unit_id
),
upload AS (
    SELECT p.unit_id, MAX(b.uploaded_at) AS uploaded_at
    FROM place p JOIN location_claim k ON k.location_id = p.location_id JOIN batch b ON b.batch_id = k.batch_id AND b.door IS NULL
    GROUP BY p.unit_id
),
open_case AS (
    SELECT case_id, person_id, registered_by FROM registered_case WHERE state IN ('suspected', 'confirmed')
),
counted AS (
    SELECT unit_id, COUNT(DISTINCT case_id) AS cases FROM (
        SELECT p.unit_id, c.case_id
        FROM open_case c JOIN staff s ON s.person_id = c.person_id JOIN place p ON p.location_id = s.location_id
        UNION ALL
        SELECT b.unit_id, c.case_id
        FROM open_case c JOIN account a ON a.name = c.registered_by JOIN unit_beneath b ON b.beneath_id = a.unit_id
    ) GROUP BY unit_id
)
SELECT c.unit_id, CAST(COALESCE(s.staff, 0) AS INTEGER) AS staff,
    CAST(d.apps_have AS INTEGER) AS apps_have, CAST(d.apps_due AS INTEGER) AS apps_due,
    CAST(d.vaccinated_have AS INTEGER) AS vaccinated_have, CAST(d.vaccinated_due AS INTEGER) AS vaccinated_due,
    CAST(d.declared_have AS INTEGER) AS declared_have, CAST(d.declared_due AS INTEGER) AS declared_due,
    CAST(d.scanned_have AS INTEGER) AS scanned_have, CAST(d.scanned_due AS INTEGER) AS scanned_due,
    CAST(COALESCE(f.visitors, 0) AS INTEGER) AS visitors, CAST(COALESCE(f.scans, 0) AS BIGINT) AS scans,
    CAST(COALESCE(f.arrivals, 0) AS BIGINT) AS arrivals,
    CAST(COALESCE(f.people, 0) AS INTEGER) AS people, f.last_day, u.uploaded_at,
    CAST(COALESCE(k.cases, 0) AS INTEGER) AS cases
FROM chosen c
LEFT JOIN staffed s ON s.unit_id = c.unit_id
LEFT JOIN duty d ON d.unit_id = c.unit_id
LEFT JOIN flow f ON f.unit_id = c.unit_id
LEFT JOIN upload u ON u.unit_id = c.unit_id
LEFT JOIN counted k ON k.unit_id = c.unit_id
ORDER BY c.unit_id
