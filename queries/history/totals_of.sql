-- One row: how many scans history/scans has for the same filter, of the people it names.
-- Parameters as in history/scans, without the page.
WITH anybody AS NOT MATERIALIZED (
    SELECT scanned_at, person_id
    FROM scan
    WHERE scanned_at >= CAST($first AS DATE) AND scanned_at < CAST($last AS DATE) + INTERVAL '1' DAY
      AND (CARDINALITY($locations) = 0 OR ARRAY_CONTAINS($locations, location_id))
      AND (CARDINALITY($people) = 0 OR ARRAY_CONTAINS($people, person_id))
      AND (CAST($direction AS STRING) IS NULL OR direction = $direction)
), staff_day AS (
    SELECT DISTINCT person_id,
        COALESCE(started, DATE '0001-01-01') AS first_day, COALESCE(ended, DATE '9999-12-31') AS last_day
    FROM staff
)
SELECT CAST(SUM(scans) AS BIGINT) AS scans
FROM (
    SELECT COUNT(*) AS scans FROM anybody WHERE CAST($kind AS STRING) IS NULL
    UNION ALL
    SELECT COUNT(*) FROM anybody a SEMI JOIN staff_day t
    ON t.person_id = a.person_id AND CAST(a.scanned_at AS DATE) BETWEEN t.first_day AND t.last_day
    WHERE $kind = 'staff'
    UNION ALL
    SELECT COUNT(*) FROM anybody a ANTI JOIN staff_day t
    ON t.person_id = a.person_id AND CAST(a.scanned_at AS DATE) BETWEEN t.first_day AND t.last_day
    WHERE $kind = 'visitor'
)
