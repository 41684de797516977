-- One row per person, place and day that either list names, of the places and days that both lists have rows of, oldest first: the first
-- and the last time each list has for them, NULL where it does not name them. kind: staff (of that day) or visitor.
-- phoned: whether a phone is known; without one somebody may be the same as somebody else. first DATE, last DATE: both included.
-- location INTEGER: 0 is every place.
WITH row_of AS (
    SELECT source, person_id, location_id, CAST(scanned_at AS DATE) AS day, scanned_at
    FROM listed
    WHERE scanned_at >= CAST($first AS TIMESTAMP) AND scanned_at < CAST($last AS TIMESTAMP) + INTERVAL '24' HOUR
      AND ($location = 0 OR location_id = $location)
),
common AS (
    SELECT location_id, day FROM row_of GROUP BY location_id, day HAVING COUNT(DISTINCT source) = 2
),
presence AS (
    SELECT r.person_id, r.location_id, r.day,
           MIN(CASE WHEN r.source = 'qr' THEN r.scanned_at END) AS qr_first, MAX(CASE WHEN r.source = 'qr' THEN r.scanned_at END) AS qr_last,
           MIN(CASE WHEN r.source = 'register' THEN r.scanned_at END) AS register_first,
           MAX(CASE WHEN r.source = 'register' THEN r.scanned_at END) AS register_last
    FROM row_of r JOIN common c ON c.location_id = r.location_id AND c.day = r.day
    GROUP BY r.person_id, r.location_id, r.day
)
SELECT r.person_id, p.name, p.phone_shown, p.masked, p.phone IS NOT NULL AS phoned,
       CASE WHEN t.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind,
       r.location_id, l.name AS location, r.day, r.qr_first, r.qr_last, r.register_first, r.register_last
FROM presence r
JOIN person p ON p.person_id = r.person_id
JOIN location l ON l.location_id = r.location_id
LEFT JOIN staff t ON t.person_id = r.person_id AND (t.started IS NULL OR t.started <= r.day) AND (t.ended IS NULL OR t.ended >= r.day)
ORDER BY r.day, r.location_id, p.sort_key, r.person_id
