-- One row per (day, quarter of an hour, location, kind) with a scan, and per (day, quarter, kind) with location 0, for the days in the
-- temporary table touched. quarter counts from midnight, 0 to 95. first DATE, last DATE: bounds of touched, both included.
-- Whether a day is touched is asked of what is counted: asking it of each scan takes as long as counting them.
WITH counted AS (
    SELECT EPOCH_US(s.scanned_at) // 900000000 AS since_1970, s.location_id, t.person_id IS NULL AS visitor,
           COUNT(*) AS scans, COUNT(*) FILTER (WHERE s.direction = 'out') AS departures
    FROM passage s
    LEFT JOIN staff t ON t.person_id = s.person_id
        AND (t.started IS NULL OR t.started <= CAST(s.scanned_at AS DATE)) AND (t.ended IS NULL OR t.ended >= CAST(s.scanned_at AS DATE))
    WHERE s.scanned_at >= $first AND s.scanned_at < $last + INTERVAL '1' DAY
    GROUP BY 1, 2, 3
),
told AS (
    SELECT DATE '1970-01-01' + CAST(since_1970 // 96 AS INTEGER) AS day, CAST(since_1970 % 96 AS TINYINT) AS quarter, location_id,
           CASE WHEN visitor THEN 'visitor' ELSE 'staff' END AS kind,
           CAST(scans - departures AS INTEGER) AS arrivals, CAST(departures AS INTEGER) AS departures
    FROM counted WHERE DATE '1970-01-01' + CAST(since_1970 // 96 AS INTEGER) IN (SELECT day FROM touched)
)
SELECT day, quarter, location_id, kind, arrivals, departures FROM told
UNION ALL
SELECT day, quarter, 0, kind, CAST(SUM(arrivals) AS INTEGER), CAST(SUM(departures) AS INTEGER) FROM told GROUP BY day, quarter, kind
