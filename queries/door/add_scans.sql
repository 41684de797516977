-- One row of scan_day is changed or added per row of the frame more (its columns): so many more scans.
MERGE INTO scan_day f USING more m
ON f.day = m.day AND f.location_id = m.location_id AND f.kind = m.kind AND f.direction = m.direction
WHEN MATCHED THEN UPDATE SET scans = f.scans + m.scans
WHEN NOT MATCHED THEN INSERT (day, location_id, kind, direction, scans) VALUES (m.day, m.location_id, m.kind, m.direction, m.scans)
