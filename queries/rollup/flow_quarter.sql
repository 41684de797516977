-- One row per (day, quarter of an hour, location, kind) with a scan, and per (day, quarter, kind) with location 0, for the days in the
-- temporary table touched. quarter counts from midnight, 0 to 95. first DATE, last DATE: bounds of touched, both included.
WITH counted AS (
    SELECT CAST(s.scanned_at AS DATE) AS day,
           CAST(EXTRACT(HOUR FROM s.scanned_at) * 4 + FLOOR(EXTRACT(MINUTE FROM s.scanned_at) / 15) AS TINYINT) AS quarter, s.location_id,
           CASE WHEN t.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind,
           CAST(SUM(CASE WHEN s.direction <> 'out' THEN 1 ELSE 0 END) AS INTEGER) AS arrivals,
           CAST(SUM(CASE WHEN s.direction = 'out' THEN 1 ELSE 0 END) AS INTEGER) AS departures
    FROM passage s
    LEFT JOIN staff t ON t.person_id = s.person_id
        AND (t.started IS NULL OR t.started <= CAST(s.scanned_at AS DATE)) AND (t.ended IS NULL OR t.ended >= CAST(s.scanned_at AS DATE))
    WHERE s.scanned_at >= $first AND s.scanned_at < $last + INTERVAL '1' DAY
      AND CAST(s.scanned_at AS DATE) IN (SELECT day FROM touched)
    GROUP BY 1, 2, 3, 4
)
SELECT day, quarter, location_id, kind, arrivals, departures FROM counted
UNION ALL
SELECT day, quarter, 0, kind, CAST(SUM(arrivals) AS INTEGER), CAST(SUM(departures) AS INTEGER) FROM counted GROUP BY day, quarter, kind
