-- One row per staff member and span of days on which they were staff and described so. On a day the newest row holds that is not of
-- a later day.
SELECT person_id, GREATEST(since, started) AS first_day, LEAST(until, ended) AS last_day, position, location_id, smartphone, batch_id, line
FROM (
    SELECT person_id, position, location_id, smartphone, batch_id, line,
           COALESCE(started, DATE '0001-01-01') AS started, COALESCE(ended, DATE '9999-12-31') AS ended,
           COALESCE(since, DATE '0001-01-01') AS since,
           COALESCE(CAST(MIN(COALESCE(since, DATE '0001-01-01')) OVER (
               PARTITION BY person_id ORDER BY rank ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
           ) - INTERVAL '1' DAY AS DATE), DATE '9999-12-31') AS until
    FROM described
) WHERE GREATEST(since, started) <= LEAST(until, ended) ORDER BY person_id, first_day
