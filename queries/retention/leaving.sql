-- One row per visitor and day whose check-ins are to be forgotten: person_id (who they really are), day; waits: not yet, as a request
-- that is not ended asks for some of that day's scans. Somebody who checked in at a
-- door before that day, was never on a roster, and is neither an open case nor the contact of one. A stay that lasts into that day is
-- left whole for the next time.
-- Those of uploaded lists go as well when they are older than another day.
-- before DATE: the first day that is kept. listed DATE: the same of uploaded lists; NULL: all of theirs are.
WITH kept AS (
    SELECT COALESCE(a.person_id, r.person_id) AS person_id FROM roster_row r LEFT JOIN alias a ON a.alias_id = r.person_id
    UNION SELECT person_id FROM registered_case WHERE state IN ('suspected', 'confirmed')
    UNION SELECT c.person_id FROM contact c JOIN registered_case k ON k.case_id = c.case_id AND k.state IN ('suspected', 'confirmed')
),
asked AS (
    SELECT i.* REPLACE (COALESCE((
        SELECT LIST(COALESCE(a.person_id, p.person_id))
        FROM UNNEST(i.people) p(person_id) LEFT JOIN alias a ON a.alias_id = p.person_id
    ), []) AS people)
    FROM inquiry i
    WHERE i.inquiry_id NOT IN (SELECT inquiry_id FROM inquiry_end) AND COALESCE(i.kind, 'visitor') = 'visitor'
),
awaited AS (
    SELECT DISTINCT COALESCE(a.person_id, r.person_id) AS person_id, CAST(r.scanned_at AS DATE) AS day
    FROM scan_row r
    LEFT JOIN alias a ON a.alias_id = r.person_id
    JOIN asked q ON CAST(r.scanned_at AS DATE) BETWEEN q.first_day AND q.last_day
        AND (LEN(q.locations) = 0 OR LIST_CONTAINS(q.locations, r.location_id))
        AND (LEN(q.people) = 0 OR LIST_CONTAINS(q.people, COALESCE(a.person_id, r.person_id)))
        AND (q.direction IS NULL OR q.direction = r.direction)
    WHERE r.scanned_at < GREATEST(CAST($before AS DATE), COALESCE(CAST($listed AS DATE), CAST($before AS DATE)))
),
visit AS (
    SELECT COALESCE(a.person_id, r.person_id) AS person_id, CAST(r.scanned_at AS DATE) AS day, MAX(b.kept) AS kept
    FROM scan_row r
    JOIN (
        SELECT batch_id, CASE WHEN door IS NULL THEN CAST($listed AS DATE) ELSE CAST($before AS DATE) END AS kept
        FROM batch WHERE first_day < CASE WHEN door IS NULL THEN CAST($listed AS DATE) ELSE CAST($before AS DATE) END
    ) b ON b.batch_id = r.batch_id
    LEFT JOIN alias a ON a.alias_id = r.person_id
    WHERE r.scanned_at < b.kept
    GROUP BY ALL
)
SELECT v.person_id, v.day, w.day IS NOT NULL AS waits
FROM visit v JOIN person p ON p.person_id = v.person_id AND NOT p.masked
LEFT JOIN awaited w ON w.person_id = v.person_id AND w.day = v.day
WHERE v.person_id NOT IN (SELECT person_id FROM kept) AND NOT EXISTS (
    SELECT 1 FROM stay s WHERE s.person_id = v.person_id AND s.day <= v.day AND s.day >= v.kept - INTERVAL '2' DAY
        AND s.t_in < v.kept AND s.t_out > v.kept
)
ORDER BY v.person_id, v.day
