-- Duties by day: who was staff as what on which day, who is exempt, and what is edited on screen (quetma/intake/edit.py). An edit is an
-- upload of its own: edit is 'set' (so it is) or 'drop' (it is not so), NULL for a row of a file. An edit always counts; a file says
-- something new when no file said it before, so that the same list loaded again does not undo an edit.

ALTER TABLE roster_row ADD COLUMN since DATE;     -- the row holds from this day on; NULL: always
ALTER TABLE roster_row ADD COLUMN edit VARCHAR;
ALTER TABLE dose_row ADD COLUMN edit VARCHAR;
ALTER TABLE app_install_row ADD COLUMN edit VARCHAR;
ALTER TABLE declaration_row ADD COLUMN edit VARCHAR;
-- Who does not owe a duty (apps | vaccinated | declared | scanned) for a reason of their own, medical or other. last_day NULL: open.
CREATE TABLE exemption_row (
    batch_id INTEGER NOT NULL, line INTEGER NOT NULL, person_id BIGINT NOT NULL,
    duty VARCHAR NOT NULL, reason VARCHAR NOT NULL, first_day DATE NOT NULL, last_day DATE, -- both included
    counts BOOLEAN NOT NULL DEFAULT TRUE, edit VARCHAR
);

-- The roster rows that count, about the person they really are; of one person, rank 1 is the newest.
CREATE VIEW described AS
    SELECT r.* EXCLUDE (counts, edit) REPLACE (COALESCE(a.person_id, r.person_id) AS person_id), ROW_NUMBER() OVER (
        PARTITION BY COALESCE(a.person_id, r.person_id) ORDER BY r.batch_id DESC, r.since DESC NULLS LAST, r.line DESC
    ) AS rank FROM roster_row r LEFT JOIN alias a ON a.alias_id = r.person_id WHERE r.counts;
CREATE OR REPLACE VIEW staff AS SELECT * EXCLUDE (line, rank) FROM described WHERE rank = 1;
-- One row per staff member and span of days on which they were staff and described so. On a day the newest row holds that is not of
-- a later day.
CREATE VIEW employment AS
    SELECT person_id, GREATEST(since, started) AS first_day, LEAST(until, ended) AS last_day, position, location_id, smartphone, batch_id, line
    FROM (
        SELECT person_id, position, location_id, smartphone, batch_id, line,
               COALESCE(started, DATE '0001-01-01') AS started, COALESCE(ended, DATE '9999-12-31') AS ended,
               COALESCE(since, DATE '0001-01-01') AS since,
               COALESCE(CAST(MIN(COALESCE(since, DATE '0001-01-01')) OVER (
                   PARTITION BY person_id ORDER BY rank ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
               ) - INTERVAL '1' DAY AS DATE), DATE '9999-12-31') AS until
        FROM described
    ) WHERE GREATEST(since, started) <= LEAST(until, ended);

CREATE OR REPLACE VIEW dose AS
    SELECT r.* EXCLUDE (counts) REPLACE (COALESCE(a.person_id, r.person_id) AS person_id)
    FROM dose_row r LEFT JOIN alias a ON a.alias_id = r.person_id WHERE r.counts;
-- A later row of the same dose of the same person replaces the earlier one; of one upload, one that is confirmed.
CREATE OR REPLACE VIEW current_dose AS
    SELECT * EXCLUDE (newest) FROM (
        SELECT *, ROW_NUMBER() OVER (
            PARTITION BY person_id, number ORDER BY batch_id DESC, confirmed_by IS NULL, line DESC
        ) AS newest FROM dose
    ) WHERE newest = 1 AND edit IS DISTINCT FROM 'drop';
-- Rows of before an edit of the same thing no longer hold.
CREATE OR REPLACE VIEW app_install AS
    WITH told AS (
        SELECT r.* EXCLUDE (counts) REPLACE (COALESCE(a.person_id, r.person_id) AS person_id)
        FROM app_install_row r LEFT JOIN alias a ON a.alias_id = r.person_id WHERE r.counts
    )
    SELECT t.* FROM told t WHERE t.edit IS DISTINCT FROM 'drop' AND NOT EXISTS (
        SELECT 1 FROM told e WHERE e.edit IS NOT NULL AND e.batch_id > t.batch_id AND e.person_id = t.person_id AND e.app = t.app
    );
CREATE OR REPLACE VIEW declaration AS
    WITH told AS (
        SELECT r.* EXCLUDE (counts) REPLACE (COALESCE(a.person_id, r.person_id) AS person_id)
        FROM declaration_row r LEFT JOIN alias a ON a.alias_id = r.person_id WHERE r.counts
    )
    SELECT t.* FROM told t WHERE t.edit IS DISTINCT FROM 'drop' AND NOT EXISTS (
        SELECT 1 FROM told e WHERE e.edit IS NOT NULL AND e.batch_id > t.batch_id
            AND e.person_id = t.person_id AND e.declared_at = t.declared_at
    );
-- Of the same person, duty and first day the newest holds.
CREATE VIEW exemption AS
    SELECT * EXCLUDE (counts, newest) FROM (
        SELECT r.* REPLACE (COALESCE(a.person_id, r.person_id) AS person_id), ROW_NUMBER() OVER (
            PARTITION BY COALESCE(a.person_id, r.person_id), r.duty, r.first_day ORDER BY r.batch_id DESC, r.line DESC
        ) AS newest FROM exemption_row r LEFT JOIN alias a ON a.alias_id = r.person_id WHERE r.counts
    ) WHERE newest = 1 AND edit IS DISTINCT FROM 'drop';
