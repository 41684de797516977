-- One row per day that has scans of the filter, newest first, and how many. Where nobody is named their sum is history/totals.
-- Parameters as in history/scans, without the page: first DATE, last DATE, locations INTEGER[], people BIGINT[], kind
-- VARCHAR, direction VARCHAR, named BIGINT[], batches INTEGER[].
WITH anybody AS NOT MATERIALIZED (
    SELECT CAST(scanned_at AS DATE) AS day, person_id
    FROM scan
    WHERE scanned_at >= CAST($first AS DATE) AND scanned_at < CAST($last AS DATE) + INTERVAL '1' DAY
      AND (CARDINALITY($locations) = 0 OR ARRAY_CONTAINS($locations, location_id))
      AND (CARDINALITY($people) = 0 OR ARRAY_CONTAINS($people, person_id))
      AND (CARDINALITY($named) = 0 OR ARRAY_CONTAINS($named, named_id))
      AND (CARDINALITY($batches) = 0 OR ARRAY_CONTAINS($batches, batch_id))
      AND (CAST($direction AS STRING) IS NULL OR direction = $direction)
), staff_day AS (
    SELECT DISTINCT person_id,
        COALESCE(started, DATE '0001-01-01') AS first_day, COALESCE(ended, DATE '9999-12-31') AS last_day
    FROM staff
)
SELECT day, COUNT(*) AS scans
FROM (
    SELECT day FROM anybody WHERE CAST($kind AS STRING) IS NULL
    UNION ALL
    SELECT a.day FROM anybody a SEMI JOIN staff_day t
    ON t.person_id = a.person_id AND a.day BETWEEN t.first_day AND t.last_day
    WHERE $kind = 'staff'
    UNION ALL
    SELECT a.day FROM anybody a ANTI JOIN staff_day t
    ON t.person_id = a.person_id AND a.day BETWEEN t.first_day AND t.last_day
    WHERE $kind = 'visitor'
)
GROUP BY day
ORDER BY day DESC
