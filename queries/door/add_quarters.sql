-- One row of flow_quarter is changed or added per row of the frame more (its columns): so many more came and went.
MERGE INTO flow_quarter f USING more m
ON f.day = m.day AND f.quarter = m.quarter AND f.location_id = m.location_id AND f.kind = m.kind
WHEN MATCHED THEN UPDATE SET arrivals = f.arrivals + m.arrivals, departures = f.departures + m.departures
WHEN NOT MATCHED THEN INSERT (day, quarter, location_id, kind, arrivals, departures)
    VALUES (m.day, m.quarter, m.location_id, m.kind, m.arrivals, m.departures)
