-- One row per (day, location, kind, bucket) with a stay whose two ends were seen, for the days in the temporary table touched.
-- bucket is the lower bound, in minutes, of the time spent: 0, 5, 15, 30, 60, 120, 240, 480.
-- first DATE, last DATE: bounds of touched, both included.
SELECT day, location_id, kind,
       CAST(CASE WHEN minutes < 5 THEN 0 WHEN minutes < 15 THEN 5 WHEN minutes < 30 THEN 15 WHEN minutes < 60 THEN 30
                 WHEN minutes < 120 THEN 60 WHEN minutes < 240 THEN 120 WHEN minutes < 480 THEN 240 ELSE 480 END AS SMALLINT) AS bucket,
       CAST(COUNT(*) AS INTEGER) AS stays, CAST(SUM(seconds) AS BIGINT) AS seconds
FROM (
    SELECT y.day, y.location_id, CASE WHEN t.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind,
           date_diff('second', y.t_in, y.t_out) AS seconds,
           date_diff('second', y.t_in, y.t_out) / 60 AS minutes
    FROM stay y
    LEFT JOIN staff t ON t.person_id = y.person_id
        AND (t.started IS NULL OR t.started <= y.day) AND (t.ended IS NULL OR t.ended >= y.day)
    WHERE y.day BETWEEN $first AND $last AND y.day IN (SELECT day FROM touched) AND y.in_seen AND y.out_seen
)
GROUP BY 1, 2, 3, 4
