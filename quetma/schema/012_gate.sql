-- Flow by quarters of an hour instead of hours, and how full each place was (filled anew by quetma/store.py).

DROP TABLE flow_hour;
-- One row per (day, quarter of an hour since midnight, location, kind). Arrivals are scans in or of unknown direction.
CREATE TABLE flow_quarter (
    day DATE NOT NULL, quarter TINYINT NOT NULL, location_id INTEGER NOT NULL, kind VARCHAR NOT NULL,
    arrivals INTEGER NOT NULL, departures INTEGER NOT NULL
);
-- One row per (day, location): the most people who were there at once by the stays, and since when.
CREATE TABLE flow_peak (day DATE NOT NULL, location_id INTEGER NOT NULL, people INTEGER NOT NULL, reached_at TIMESTAMP NOT NULL);

-- Badges of the staff (quetma/badges.py). Rows are added; of an old one only the end is written. token: what its code says.
CREATE TABLE badge (
    token VARCHAR PRIMARY KEY, person_id BIGINT NOT NULL, issued_at TIMESTAMP NOT NULL, issued_by VARCHAR NOT NULL,
    revoked_at TIMESTAMP, revoked_by VARCHAR
);
-- Whose each badge is by now.
CREATE VIEW badge_held AS
    SELECT b.* REPLACE (COALESCE(a.person_id, b.person_id) AS person_id)
    FROM badge b LEFT JOIN alias a ON a.alias_id = b.person_id;
CREATE OR REPLACE VIEW kept_person AS
    SELECT person_id FROM merge UNION SELECT into_id FROM merge UNION SELECT person_id FROM apart UNION SELECT other_id FROM apart
    UNION SELECT person_id FROM case_entry UNION SELECT person_id FROM contact_entry UNION SELECT person_id FROM follow_up_entry
    UNION SELECT UNNEST(people) FROM plan_version UNION SELECT person_id FROM conduct_entry
    UNION SELECT person_id FROM address_entry UNION SELECT person_id FROM shift_entry WHERE person_id IS NOT NULL
    UNION SELECT person_id FROM badge;

-- The gate screen (quetma/gate.py). entry_id: the number that the screen gave an entry, so that the same one sent twice counts once;
-- of a group all its people have the same.
ALTER TABLE door_row ADD COLUMN entry_id VARCHAR;
-- Entries that were taken back. Sent again, they stay so.
CREATE TABLE gate_undone (entry_id VARCHAR PRIMARY KEY, undone_at TIMESTAMP NOT NULL, undone_by VARCHAR NOT NULL);
-- Who did not scan out and was said to have left: their out-scan, which nobody saw.
CREATE VIEW said_gone AS
    SELECT s.batch_id, s.line, s.person_id, s.location_id, s.scanned_at, d.entry_id, d.entered_by
    FROM door_row d JOIN scan s ON s.batch_id = d.batch_id AND s.line = d.line WHERE d.inferred AND s.direction = 'out';
-- Arrivals through a door that tell more than the scan: whom they came to see, as what entry.
CREATE VIEW door_visit AS
    SELECT s.person_id, s.location_id, s.scanned_at, d.host, d.entry_id
    FROM door_row d JOIN scan s ON s.batch_id = d.batch_id AND s.line = d.line WHERE s.direction = 'in';
