-- Time spent at a place on a day stands in one row instead of one for each bucket, which are a third of the rows; and with it how many
-- people that were, which was counted from the stays whenever somebody asked.
-- One row per (day, location, kind) with a stay whose two ends were seen: different people, stays, their sum in seconds, and of the
-- stays how many lasted from so many minutes on, up to the next.
CREATE TABLE stay_day (
    day DATE NOT NULL, location_id INTEGER NOT NULL, kind VARCHAR NOT NULL,
    people INTEGER NOT NULL, stays INTEGER NOT NULL, seconds BIGINT NOT NULL,
    from_0 INTEGER NOT NULL, from_5 INTEGER NOT NULL, from_15 INTEGER NOT NULL, from_30 INTEGER NOT NULL,
    from_60 INTEGER NOT NULL, from_120 INTEGER NOT NULL, from_240 INTEGER NOT NULL, from_480 INTEGER NOT NULL
);
INSERT INTO stay_day
    SELECT day, location_id, kind,
           CAST(COUNT(DISTINCT person_id) AS INTEGER) AS people, CAST(COUNT(*) AS INTEGER) AS stays, CAST(SUM(seconds) AS BIGINT) AS seconds,
           CAST(COUNT(*) FILTER (WHERE seconds < 300) AS INTEGER) AS from_0,
           CAST(COUNT(*) FILTER (WHERE seconds >= 300 AND seconds < 900) AS INTEGER) AS from_5,
           CAST(COUNT(*) FILTER (WHERE seconds >= 900 AND seconds < 1800) AS INTEGER) AS from_15,
           CAST(COUNT(*) FILTER (WHERE seconds >= 1800 AND seconds < 3600) AS INTEGER) AS from_30,
           CAST(COUNT(*) FILTER (WHERE seconds >= 3600 AND seconds < 7200) AS INTEGER) AS from_60,
           CAST(COUNT(*) FILTER (WHERE seconds >= 7200 AND seconds < 14400) AS INTEGER) AS from_120,
           CAST(COUNT(*) FILTER (WHERE seconds >= 14400 AND seconds < 28800) AS INTEGER) AS from_240,
           CAST(COUNT(*) FILTER (WHERE seconds >= 28800) AS INTEGER) AS from_480
    FROM (
        SELECT y.day, y.location_id, y.person_id, CASE WHEN t.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind,
               date_diff('second', y.t_in, y.t_out) AS seconds
        FROM stay y
        LEFT JOIN staff t ON t.person_id = y.person_id
            AND (t.started IS NULL OR t.started <= y.day) AND (t.ended IS NULL OR t.ended >= y.day)
        WHERE y.in_seen AND y.out_seen
    )
    GROUP BY day, location_id, kind ORDER BY day, location_id, kind;
DROP TABLE flow_duration;
