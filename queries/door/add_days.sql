-- One row of flow_day is changed or added per row of the frame more (its columns): so many more people, scans and arrivals.
MERGE INTO flow_day f USING more m
ON f.day = m.day AND f.location_id = m.location_id AND f.kind = m.kind
WHEN MATCHED THEN UPDATE SET people = f.people + m.people, scans = f.scans + m.scans, arrivals = f.arrivals + m.arrivals
WHEN NOT MATCHED THEN INSERT (day, location_id, kind, people, scans, arrivals)
    VALUES (m.day, m.location_id, m.kind, m.people, m.scans, m.arrivals)
