-- One row of person_seen is changed or added per person who was scanned in an upload that it does not know of, later than it says.
MERGE INTO person_seen p
USING (SELECT person_id, MAX(scanned_at) AS last_seen FROM unseen_scan GROUP BY person_id) n ON p.person_id = n.person_id
WHEN MATCHED AND p.last_seen < n.last_seen THEN UPDATE SET last_seen = n.last_seen
WHEN NOT MATCHED THEN INSERT (person_id, last_seen) VALUES (n.person_id, n.last_seen)
