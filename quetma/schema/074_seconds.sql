-- Time spent is kept in whole seconds, as it is added up: to round the minutes of each row took most of the time of adding.
ALTER TABLE flow_duration RENAME TO flow_duration_before;
CREATE TABLE flow_duration (
    day DATE NOT NULL, location_id INTEGER NOT NULL, kind VARCHAR NOT NULL,
    bucket SMALLINT NOT NULL, stays INTEGER NOT NULL, seconds BIGINT NOT NULL
);
INSERT INTO flow_duration
    SELECT day, location_id, kind, bucket, stays, CAST(ROUND(minutes * 60) AS BIGINT) FROM flow_duration_before
    ORDER BY day, location_id, kind, bucket;
DROP TABLE flow_duration_before;
