-- Every upload can be taken back. Everything in the store is a function of the live uploads (table batch) and of what people
-- decided (merge, apart, location_alias, settings): undoing an upload removes its rows, decides anew which of the others count
-- (quetma/intake/recount.py) and derives again (quetma/rollups.py).

-- Who is who ------------------------------------------------------------------------------------------------------------------

-- This identity is really that person. Derived from merge and from one rule (recount.py): a name without a phone that fits
-- exactly one staff member is that staff member. person_id is never itself an alias_id.
CREATE TABLE alias (alias_id BIGINT PRIMARY KEY, person_id BIGINT NOT NULL);

-- Decided by a leader, and not undone with an upload. A person is merged into one other at most.
CREATE TABLE merge (
    person_id BIGINT PRIMARY KEY, into_id BIGINT NOT NULL, decided_at TIMESTAMP NOT NULL, decided_by VARCHAR NOT NULL
);
-- These two are not the same person: not proposed again, and the rule above does not hold for them.
CREATE TABLE apart (
    person_id BIGINT NOT NULL, other_id BIGINT NOT NULL, decided_at TIMESTAMP NOT NULL, decided_by VARCHAR NOT NULL
);
-- People whom no live upload names any more, but a decision does: named again, they get their number back.
CREATE TABLE former_person (person_id BIGINT NOT NULL, identity VARCHAR NOT NULL);

-- What each live upload calls the people and places of its good rows, duplicates too; one row per (upload, person) and
-- (upload, place). A person or a place exists while an upload claims it, a place also when it was registered by hand or has
-- another name. A place's name is NULL where the upload used another name of it.
CREATE TABLE person_claim (batch_id INTEGER NOT NULL, person_id BIGINT NOT NULL, name VARCHAR NOT NULL, birth_year SMALLINT);
CREATE TABLE location_claim (batch_id INTEGER NOT NULL, location_id INTEGER NOT NULL, name VARCHAR);

-- Decided at an upload: this name of a place, quetma.people.fold of it, means that place.
CREATE TABLE location_alias (
    name_key VARCHAR PRIMARY KEY, location_id INTEGER NOT NULL, decided_by VARCHAR NOT NULL, decided_at TIMESTAMP NOT NULL
);
-- How files with these plain headers are read (quetma/intake/choices.py, as JSON).
CREATE TABLE remembered_mapping (
    signature VARCHAR PRIMARY KEY, choices VARCHAR NOT NULL, remembered_by VARCHAR NOT NULL, remembered_at TIMESTAMP NOT NULL
);

-- Uploads ---------------------------------------------------------------------------------------------------------------------

ALTER TABLE batch ADD COLUMN sheet VARCHAR NOT NULL DEFAULT '';    -- of a workbook, or the member of a ZIP; else ''
ALTER TABLE batch ADD COLUMN origin VARCHAR NOT NULL DEFAULT '{}'; -- JSON: headers, separator, sheet, choices
-- Uploads that were taken back. Their numbers are never given again.
CREATE TABLE batch_undone AS
    SELECT *, uploaded_at AS undone_at, uploaded_by AS undone_by FROM batch LIMIT 0;
-- The same file, loaded again while the first is live: none of its rows counts.
CREATE VIEW repeated AS
    SELECT b.batch_id, b.sha256, b.sheet FROM batch b
    WHERE EXISTS (SELECT 1 FROM batch e WHERE e.sha256 = b.sha256 AND e.sheet = b.sheet AND e.batch_id < b.batch_id);

-- Rows ------------------------------------------------------------------------------------------------------------------------
-- The tables *_row keep every good row of every live upload, about the person as the row names them; counts is false for a
-- duplicate (queries/intake/recount/). The views show the rows that count, about the person they really are.

DROP VIEW staff;
DROP VIEW current_dose;
ALTER TABLE scan RENAME TO scan_row;
ALTER TABLE dose RENAME TO dose_row;
ALTER TABLE app_install RENAME TO app_install_row;
ALTER TABLE declaration RENAME TO declaration_row;
ALTER TABLE scan_row ADD COLUMN counts BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE dose_row ADD COLUMN counts BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE app_install_row ADD COLUMN counts BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE declaration_row ADD COLUMN counts BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE roster_row ADD COLUMN counts BOOLEAN NOT NULL DEFAULT TRUE;
-- Leave, business trips, duty elsewhere: why a duty was not due.
CREATE TABLE absence_row (
    batch_id INTEGER NOT NULL, line INTEGER NOT NULL, person_id BIGINT NOT NULL,
    reason VARCHAR NOT NULL, first_day DATE NOT NULL, last_day DATE NOT NULL, -- both included
    counts BOOLEAN NOT NULL DEFAULT TRUE
);

CREATE VIEW scan AS
    SELECT r.batch_id, r.line, COALESCE(a.person_id, r.person_id) AS person_id, r.location_id, r.scanned_at, r.direction, r.purpose
    FROM scan_row r LEFT JOIN alias a ON a.alias_id = r.person_id WHERE r.counts;
CREATE VIEW dose AS
    SELECT r.* EXCLUDE (counts) REPLACE (COALESCE(a.person_id, r.person_id) AS person_id)
    FROM dose_row r LEFT JOIN alias a ON a.alias_id = r.person_id WHERE r.counts;
CREATE VIEW app_install AS
    SELECT r.* EXCLUDE (counts) REPLACE (COALESCE(a.person_id, r.person_id) AS person_id)
    FROM app_install_row r LEFT JOIN alias a ON a.alias_id = r.person_id WHERE r.counts;
CREATE VIEW declaration AS
    SELECT r.* EXCLUDE (counts) REPLACE (COALESCE(a.person_id, r.person_id) AS person_id)
    FROM declaration_row r LEFT JOIN alias a ON a.alias_id = r.person_id WHERE r.counts;
CREATE VIEW absence AS
    SELECT r.* EXCLUDE (counts) REPLACE (COALESCE(a.person_id, r.person_id) AS person_id)
    FROM absence_row r LEFT JOIN alias a ON a.alias_id = r.person_id WHERE r.counts;
-- A later upload of the same dose of the same person replaces the earlier one; of one upload, one that is confirmed.
CREATE VIEW current_dose AS
    SELECT * EXCLUDE (line, newest) FROM (
        SELECT *, ROW_NUMBER() OVER (
            PARTITION BY person_id, number ORDER BY batch_id DESC, confirmed_by IS NULL, line DESC
        ) AS newest FROM dose
    ) WHERE newest = 1;
-- The staff of today: the newest roster's row of each person.
CREATE VIEW staff AS
    SELECT * EXCLUDE (line, newest) FROM (
        SELECT r.* EXCLUDE (counts) REPLACE (COALESCE(a.person_id, r.person_id) AS person_id), ROW_NUMBER() OVER (
            PARTITION BY COALESCE(a.person_id, r.person_id) ORDER BY r.batch_id DESC, r.line DESC
        ) AS newest FROM roster_row r LEFT JOIN alias a ON a.alias_id = r.person_id WHERE r.counts
    ) WHERE newest = 1;

-- What a store of before knows. Its uploads kept neither their duplicates nor what each called somebody: undoing one of them
-- does not bring back what a later one repeated, and names stay as they were shown last.
INSERT INTO person_claim
    SELECT k.batch_id, p.person_id, p.name, p.birth_year FROM (
        SELECT batch_id, person_id FROM person UNION SELECT batch_id, person_id FROM scan_row
        UNION SELECT batch_id, person_id FROM roster_row UNION SELECT batch_id, person_id FROM dose_row
        UNION SELECT batch_id, person_id FROM app_install_row UNION SELECT batch_id, person_id FROM declaration_row
    ) k JOIN person p ON p.person_id = k.person_id ORDER BY k.batch_id, p.person_id;
INSERT INTO location_claim
    SELECT k.batch_id, l.location_id, l.name FROM (
        SELECT batch_id, location_id FROM location WHERE batch_id IS NOT NULL UNION SELECT batch_id, location_id FROM scan_row
        UNION SELECT batch_id, location_id FROM roster_row
    ) k JOIN location l ON l.location_id = k.location_id ORDER BY k.batch_id, l.location_id;
ALTER TABLE location ADD COLUMN by_hand BOOLEAN NOT NULL DEFAULT FALSE; -- registered by hand, with its opening hours
CREATE TEMP TABLE registered AS SELECT location_id FROM location WHERE batch_id IS NULL;
ALTER TABLE location DROP COLUMN batch_id;
ALTER TABLE person DROP COLUMN batch_id;
UPDATE location SET by_hand = TRUE WHERE location_id IN (SELECT location_id FROM registered);
DROP TABLE registered;
