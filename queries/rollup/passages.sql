-- One row per passage on the days in the temporary table touched: day, person_id, location_id.
-- first DATE, last DATE: bounds of touched, both included.
SELECT CAST(s.scanned_at AS DATE) AS day, s.person_id, s.location_id
FROM passage s
WHERE s.scanned_at >= $first AND s.scanned_at < $last + INTERVAL '1' DAY
  AND CAST(s.scanned_at AS DATE) IN (SELECT day FROM touched)
