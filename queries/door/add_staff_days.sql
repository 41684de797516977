-- One row of staff_day is changed or added per row of the frame more (its columns) that is about somebody who was staff on that day.
MERGE INTO staff_day f USING (
    SELECT m.* FROM more m JOIN employment t ON t.person_id = m.person_id AND m.day BETWEEN t.first_day AND t.last_day
) m
ON f.day = m.day AND f.person_id = m.person_id
WHEN MATCHED THEN UPDATE SET
    scans_in = f.scans_in + m.scans_in, scans_out = f.scans_out + m.scans_out, first_scan = LEAST(f.first_scan, m.first_scan),
    last_scan = GREATEST(f.last_scan, m.last_scan), declarations = f.declarations + m.declarations
WHEN NOT MATCHED THEN INSERT (day, person_id, scans_in, scans_out, first_scan, last_scan, declarations)
    VALUES (m.day, m.person_id, m.scans_in, m.scans_out, m.first_scan, m.last_scan, m.declarations)
