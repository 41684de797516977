-- What the history and the search for people ask, so that neither reads the log: kept up to date with each change of scans
-- (quetma/rollups.py, quetma/seen.py, quetma/growth.py) and made again by `check`.
-- One row per person with a scan that counts: when the newest was.
CREATE TABLE person_seen (person_id BIGINT NOT NULL, last_seen TIMESTAMP NOT NULL);
-- One row per (day, location, kind, direction) with a scan that counts; also those of a door register that repeat one.
CREATE TABLE scan_day (
    day DATE NOT NULL, location_id INTEGER NOT NULL, kind VARCHAR NOT NULL, direction VARCHAR NOT NULL, scans INTEGER NOT NULL
);
INSERT INTO person_seen SELECT person_id, MAX(scanned_at) FROM scan GROUP BY person_id ORDER BY person_id;
INSERT INTO scan_day
    SELECT CAST(s.scanned_at AS DATE) AS day, s.location_id,
           CASE WHEN t.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind, s.direction, CAST(COUNT(*) AS INTEGER)
    FROM scan s
    LEFT JOIN staff t ON t.person_id = s.person_id
        AND (t.started IS NULL OR t.started <= CAST(s.scanned_at AS DATE)) AND (t.ended IS NULL OR t.ended >= CAST(s.scanned_at AS DATE))
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;
