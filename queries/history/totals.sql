-- One row: how many scans history/scans has for the same filter, whoever they are of.
-- Parameters as in history/scans, without people, where theirs stand, and the page.
SELECT CAST(COALESCE(SUM(scans), 0) AS BIGINT) AS scans
FROM scan_day
WHERE day BETWEEN CAST($first AS DATE) AND CAST($last AS DATE)
  AND (CARDINALITY($locations) = 0 OR ARRAY_CONTAINS($locations, location_id))
  AND (CAST($kind AS STRING) IS NULL OR kind = $kind)
  AND (CAST($direction AS STRING) IS NULL OR direction = $direction)
