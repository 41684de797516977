-- One row per day with a scan of the filter, newest first: how many scans history/scans has of it, whoever they are of.
-- Parameters as in history/totals.
SELECT day, CAST(SUM(scans) AS BIGINT) AS scans
FROM scan_day
WHERE day BETWEEN CAST($first AS DATE) AND CAST($last AS DATE)
  AND (CARDINALITY($locations) = 0 OR ARRAY_CONTAINS($locations, location_id))
  AND (CAST($kind AS STRING) IS NULL OR kind = $kind)
  AND (CAST($direction AS STRING) IS NULL OR direction = $direction)
GROUP BY day ORDER BY day DESC
