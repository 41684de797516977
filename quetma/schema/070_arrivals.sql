-- Arrivals of a day stand beside its people and scans, so that a period of many days is not added up from quarters of an hour.
-- Departures are the other scans.
ALTER TABLE flow_day RENAME TO flow_day_before;
CREATE TABLE flow_day (
    day DATE NOT NULL, location_id INTEGER NOT NULL, kind VARCHAR NOT NULL,
    people INTEGER NOT NULL, scans INTEGER NOT NULL, arrivals INTEGER NOT NULL
);
INSERT INTO flow_day
    SELECT f.*, CAST(COALESCE(q.arrivals, 0) AS INTEGER) FROM flow_day_before f
    LEFT JOIN (SELECT day, location_id, kind, SUM(arrivals) AS arrivals FROM flow_quarter GROUP BY day, location_id, kind) q
        ON q.day = f.day AND q.location_id = f.location_id AND q.kind = f.kind
    ORDER BY f.day, f.location_id, f.kind;
DROP TABLE flow_day_before;
ALTER TABLE unit_day RENAME TO unit_day_before;
CREATE TABLE unit_day (
    day DATE NOT NULL, unit_id INTEGER NOT NULL, kind VARCHAR NOT NULL,
    people INTEGER NOT NULL, scans INTEGER NOT NULL, arrivals INTEGER NOT NULL
);
INSERT INTO unit_day
    SELECT f.*, CAST(COALESCE(q.arrivals, 0) AS INTEGER) FROM unit_day_before f
    LEFT JOIN (
        SELECT q.day, u.unit_id, q.kind, SUM(q.arrivals) AS arrivals
        FROM flow_quarter q JOIN unit_place u ON u.location_id = q.location_id GROUP BY q.day, u.unit_id, q.kind
    ) q ON q.day = f.day AND q.unit_id = f.unit_id AND q.kind = f.kind
    ORDER BY f.day, f.unit_id, f.kind;
DROP TABLE unit_day_before;
