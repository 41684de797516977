-- An upload names half as many people as it has rows, and each of them was brought up to date in person_seen, for the few whom somebody
-- looks for. Now it is noted that they were not: whoever is looked for is looked for in the scans of such uploads too, and at night, or
-- when they become many, person_seen learns of them (quetma/seen.py).
-- One row per upload of scans that person_seen does not know of yet.
CREATE TABLE unseen_batch (batch_id INTEGER NOT NULL);
-- One row per scan of them that counts.
CREATE VIEW unseen_scan AS
    SELECT person_id, named_id, scanned_at FROM scan WHERE batch_id IN (SELECT batch_id FROM unseen_batch);
-- One row per person with a scan that counts: when the newest was.
CREATE VIEW last_seen AS
    SELECT person_id, MAX(last_seen) AS last_seen
    FROM (SELECT person_id, last_seen FROM person_seen UNION ALL SELECT person_id, scanned_at FROM unseen_scan)
    GROUP BY person_id;
