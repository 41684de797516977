-- One row per place and day with a row of either list, oldest first: how many rows the QR logs and the door registers have.
-- first DATE, last DATE: both included. location INTEGER: 0 is every place.
SELECT l.location_id, p.name AS location, CAST(l.scanned_at AS DATE) AS day,
       SUM(CASE WHEN l.source = 'qr' THEN 1 ELSE 0 END) AS qr, SUM(CASE WHEN l.source = 'register' THEN 1 ELSE 0 END) AS register
FROM listed l
JOIN location p ON p.location_id = l.location_id
WHERE l.scanned_at >= CAST($first AS TIMESTAMP) AND l.scanned_at < CAST($last AS TIMESTAMP) + INTERVAL '24' HOUR
  AND ($location = 0 OR l.location_id = $location)
GROUP BY l.location_id, p.name, CAST(l.scanned_at AS DATE)
ORDER BY 3, 1
