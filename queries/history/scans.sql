-- One row per scan of the filter, newest first; scans of the same moment always in the same order.
-- first DATE, last DATE: both included. locations INTEGER[], people BIGINT[]: [] is any. NULL is any: kind VARCHAR
-- ('staff' | 'visitor'), direction VARCHAR ('in' | 'out' | 'unknown').
-- named BIGINT[], batches INTEGER[]: of people, where their scans stand (people/uploads), so that no others are read; [] is anywhere.
-- skip BIGINT, rows BIGINT: the page; rows NULL is everything.
WITH staff_day AS (
    SELECT DISTINCT person_id,
        COALESCE(started, DATE '0001-01-01') AS first_day, COALESCE(ended, DATE '9999-12-31') AS last_day
    FROM staff
), anybody AS NOT MATERIALIZED (
    SELECT scanned_at, batch_id, line, direction, person_id, location_id, purpose
    FROM scan
    WHERE scanned_at >= CAST($first AS DATE) AND scanned_at < CAST($last AS DATE) + INTERVAL '1' DAY
      AND (CARDINALITY($locations) = 0 OR ARRAY_CONTAINS($locations, location_id))
      AND (CARDINALITY($people) = 0 OR ARRAY_CONTAINS($people, person_id))
      AND (CARDINALITY($named) = 0 OR ARRAY_CONTAINS($named, named_id))
      AND (CARDINALITY($batches) = 0 OR ARRAY_CONTAINS($batches, batch_id))
      AND (CAST($direction AS STRING) IS NULL OR direction = $direction)
), page AS (
    SELECT * FROM (
        -- Two of the three are known to be empty before anything is read; an OR would ask about every scan there is.
        SELECT * FROM anybody WHERE CAST($kind AS STRING) IS NULL
        UNION ALL
        SELECT a.* FROM anybody a SEMI JOIN staff_day t
        ON t.person_id = a.person_id AND CAST(a.scanned_at AS DATE) BETWEEN t.first_day AND t.last_day
        WHERE $kind = 'staff'
        UNION ALL
        SELECT a.* FROM anybody a ANTI JOIN staff_day t
        ON t.person_id = a.person_id AND CAST(a.scanned_at AS DATE) BETWEEN t.first_day AND t.last_day
        WHERE $kind = 'visitor'
    )
    ORDER BY scanned_at DESC, batch_id DESC, line DESC, direction
    LIMIT CAST($rows AS BIGINT) OFFSET CAST($skip AS BIGINT)
)
SELECT
    g.scanned_at, g.person_id, p.name, p.phone_shown AS phone, p.birth_year,
    CASE WHEN EXISTS (
        SELECT 1 FROM staff_day t
        WHERE t.person_id = g.person_id AND CAST(g.scanned_at AS DATE) BETWEEN t.first_day AND t.last_day
    ) THEN 'staff' ELSE 'visitor' END AS kind,
    l.name AS location, g.direction, g.purpose, g.batch_id, b.file_name, g.line
FROM page g
JOIN person p ON p.person_id = g.person_id
JOIN location l ON l.location_id = g.location_id
JOIN batch b ON b.batch_id = g.batch_id
ORDER BY g.scanned_at DESC, g.batch_id DESC, g.line DESC, g.direction
