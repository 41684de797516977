-- The unit's plan (quetma/plan.py), what follows from it for people (quetma/conduct.py), for cases (quetma/playbook.py) and for the
-- week (quetma/rota.py). Rows are added, never changed; none of it is undone with an upload. person_id is the person as named at
-- the time; the views say who that is by now.

-- Each saved version whole. people: whom its content names, by person_id.
CREATE TABLE plan_version (
    version INTEGER PRIMARY KEY, content VARCHAR NOT NULL, people BIGINT[] NOT NULL,
    saved_at TIMESTAMP NOT NULL, saved_by VARCHAR NOT NULL, note VARCHAR NOT NULL
);
-- A leader's decision about somebody who did not do a duty. step: remind | criticise | sanction. missed: the days it is about.
-- decided_on, document: day and number of the paper, '' for none. of_entry: takes that decision back.
CREATE TABLE conduct_entry (
    entry_id INTEGER PRIMARY KEY, person_id BIGINT NOT NULL, duty VARCHAR NOT NULL, step VARCHAR NOT NULL, missed DATE[] NOT NULL,
    reason VARCHAR NOT NULL, decided_on DATE NOT NULL, document VARCHAR NOT NULL, of_entry INTEGER,
    entered_at TIMESTAMP NOT NULL, entered_by VARCHAR NOT NULL
);
-- What reached the person concerned about a decision (of_entry). channel: email | handed | told. failed: why not, '' when it did.
CREATE TABLE notice_entry (
    entry_id INTEGER PRIMARY KEY, of_entry INTEGER NOT NULL, channel VARCHAR NOT NULL, failed VARCHAR NOT NULL,
    entered_at TIMESTAMP NOT NULL, entered_by VARCHAR NOT NULL
);
-- Somebody's e-mail address; the newest holds, '' is none any more.
CREATE TABLE address_entry (
    entry_id INTEGER PRIMARY KEY, person_id BIGINT NOT NULL, address VARCHAR NOT NULL,
    entered_at TIMESTAMP NOT NULL, entered_by VARCHAR NOT NULL
);
-- A step of a case's checklist was done, or not after all. step: its text in the plan.
CREATE TABLE step_entry (
    entry_id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL, step VARCHAR NOT NULL, done BOOLEAN NOT NULL, note VARCHAR NOT NULL,
    entered_at TIMESTAMP NOT NULL, entered_by VARCHAR NOT NULL
);
-- Who has which duty on a day; of a day and a duty the newest holds. person_id NULL: nobody any more.
CREATE TABLE shift_entry (
    entry_id INTEGER PRIMARY KEY, day DATE NOT NULL, duty VARCHAR NOT NULL, person_id BIGINT,
    entered_at TIMESTAMP NOT NULL, entered_by VARCHAR NOT NULL
);

CREATE OR REPLACE VIEW kept_person AS
    SELECT person_id FROM merge UNION SELECT into_id FROM merge UNION SELECT person_id FROM apart UNION SELECT other_id FROM apart
    UNION SELECT person_id FROM case_entry UNION SELECT person_id FROM contact_entry UNION SELECT person_id FROM follow_up_entry
    UNION SELECT UNNEST(people) FROM plan_version UNION SELECT person_id FROM conduct_entry
    UNION SELECT person_id FROM address_entry UNION SELECT person_id FROM shift_entry WHERE person_id IS NOT NULL;

-- Every decision that was not taken back.
CREATE VIEW conduct AS
    SELECT c.* EXCLUDE (of_entry) REPLACE (COALESCE(a.person_id, c.person_id) AS person_id)
    FROM conduct_entry c LEFT JOIN alias a ON a.alias_id = c.person_id
    WHERE c.of_entry IS NULL AND c.entry_id NOT IN (SELECT of_entry FROM conduct_entry WHERE of_entry IS NOT NULL);
-- One row per decision and channel that was tried: the newest of each.
CREATE VIEW notice AS
    SELECT * EXCLUDE (newest) FROM (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY of_entry, channel ORDER BY entry_id DESC) AS newest FROM notice_entry
    ) WHERE newest = 1;
-- One row per person with an e-mail address.
CREATE VIEW address AS
    SELECT person_id, address, entered_at, entered_by FROM (
        SELECT COALESCE(a.person_id, e.person_id) AS person_id, e.address, e.entered_at, e.entered_by,
            ROW_NUMBER() OVER (PARTITION BY COALESCE(a.person_id, e.person_id) ORDER BY e.entry_id DESC) AS newest
        FROM address_entry e LEFT JOIN alias a ON a.alias_id = e.person_id
    ) WHERE newest = 1 AND address <> '';
-- One row per day and duty that somebody has.
CREATE VIEW shift AS
    SELECT s.day, s.duty, COALESCE(a.person_id, s.person_id) AS person_id, s.entered_at, s.entered_by FROM (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY day, duty ORDER BY entry_id DESC) AS newest FROM shift_entry
    ) s LEFT JOIN alias a ON a.alias_id = s.person_id WHERE s.newest = 1 AND s.person_id IS NOT NULL;
