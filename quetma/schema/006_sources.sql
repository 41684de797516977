-- Which list an upload of scans is: qr (what a scanner wrote) or register (kept by hand at the door). NULL for other kinds. Two lists
-- of the same days tell how much both missed (quetma/tracing/coverage.py).
ALTER TABLE batch ADD COLUMN source VARCHAR;
ALTER TABLE batch_undone ADD COLUMN source VARCHAR;
UPDATE batch SET source = 'qr' WHERE kind = 'scans';
UPDATE batch_undone SET source = 'qr' WHERE kind = 'scans';

-- One row per row of a list, about the person it really is: duplicates too, which are seen by their own list as well; the same file
-- loaded again is no list of its own.
CREATE VIEW listed AS
    SELECT b.source, COALESCE(a.person_id, r.person_id) AS person_id, r.location_id, r.scanned_at
    FROM scan_row r
    JOIN batch b ON b.batch_id = r.batch_id AND b.source IS NOT NULL
    LEFT JOIN alias a ON a.alias_id = r.person_id
    WHERE r.batch_id NOT IN (SELECT batch_id FROM repeated);
