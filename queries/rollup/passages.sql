-- One row per passage on the days in the temporary table touched: person_id, location_id, scanned_at, way (0 in, 1 out, 2 unknown), and
-- staff: whether the person was on that day. first DATE, last DATE: bounds of touched, both included.
SELECT s.person_id, s.location_id, s.scanned_at, CAST(CASE s.direction WHEN 'in' THEN 0 WHEN 'out' THEN 1 ELSE 2 END AS TINYINT) AS way,
       t.person_id IS NOT NULL AS staff
FROM passage s
LEFT JOIN staff t ON t.person_id = s.person_id
    AND (t.started IS NULL OR t.started <= CAST(s.scanned_at AS DATE)) AND (t.ended IS NULL OR t.ended >= CAST(s.scanned_at AS DATE))
WHERE s.scanned_at >= $first AND s.scanned_at < $last + INTERVAL '1' DAY
  AND CAST(s.scanned_at AS DATE) IN (SELECT day FROM touched)
