-- One row per (day, unit, kind) that is new; those that are there get so many more people, scans and arrivals: frame more(day,
-- location_id, kind, people, scans, arrivals), where location_id is the number of the unit.
MERGE INTO unit_day f USING more m
ON f.day = m.day AND f.unit_id = m.location_id AND f.kind = m.kind
WHEN MATCHED THEN UPDATE SET people = f.people + m.people, scans = f.scans + m.scans, arrivals = f.arrivals + m.arrivals
WHEN NOT MATCHED THEN INSERT VALUES (m.day, m.location_id, m.kind, m.people, m.scans, m.arrivals)
