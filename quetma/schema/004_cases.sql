-- Registered cases and what is done about their contacts (quetma/cases.py, quetma/follow_up.py). Rows are added, never changed: of a
-- case, and of a contact of a case, the newest entry holds; an entry of the follow-up is taken back by another. person_id is the
-- person as named at the time; the views say who that is by now. None of it is undone with an upload.

CREATE TABLE case_entry (
    entry_id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL, person_id BIGINT NOT NULL,
    state VARCHAR NOT NULL,               -- suspected | confirmed | recovered | ruled_out
    symptoms BOOLEAN NOT NULL, signs VARCHAR NOT NULL,      -- whether there are any; which
    onset DATE NOT NULL,                  -- first day of symptoms; without any, the day of the positive sample
    isolated_at TIMESTAMP, rule VARCHAR, days_before SMALLINT,      -- NULL: by the rule in force on that day
    note VARCHAR NOT NULL, entered_at TIMESTAMP NOT NULL, entered_by VARCHAR NOT NULL
);
-- Somebody is a contact of a case, by a trace. degree: 1 F1, 2 F2, 3 F3; 0 taken off the list again.
CREATE TABLE contact_entry (
    entry_id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL, person_id BIGINT NOT NULL, degree TINYINT NOT NULL,
    exposed_at TIMESTAMP NOT NULL, last_at TIMESTAMP NOT NULL, minutes DOUBLE NOT NULL, location VARCHAR NOT NULL,
    entered_at TIMESTAMP NOT NULL, entered_by VARCHAR NOT NULL
);
-- kind and outcome: called (reached | no_answer | wrong_number), questionnaire (detail: JSON of quetma.follow_up.Questionnaire),
-- verdict (contact | cleared), quarantine (home | centre | hospital | elsewhere, from happened_at to the end of `until`),
-- health (well | ill), test (pending | negative | positive), lost, taken_back (of_entry).
CREATE TABLE follow_up_entry (
    entry_id INTEGER PRIMARY KEY, person_id BIGINT NOT NULL,
    case_id INTEGER,                      -- of a questionnaire and a verdict; NULL: about the person, whatever the case
    kind VARCHAR NOT NULL, outcome VARCHAR NOT NULL, happened_at TIMESTAMP NOT NULL, until DATE, detail VARCHAR NOT NULL,
    of_entry INTEGER, entered_at TIMESTAMP NOT NULL, entered_by VARCHAR NOT NULL
);

-- Whom something rests on that no undo takes away: their number is never given to anybody else.
CREATE VIEW kept_person AS
    SELECT person_id FROM merge UNION SELECT into_id FROM merge UNION SELECT person_id FROM apart UNION SELECT other_id FROM apart
    UNION SELECT person_id FROM case_entry UNION SELECT person_id FROM contact_entry UNION SELECT person_id FROM follow_up_entry;
ALTER TABLE former_person ADD COLUMN name VARCHAR;
ALTER TABLE former_person ADD COLUMN phone_shown VARCHAR;
CREATE VIEW known_person AS
    SELECT person_id, name, phone_shown FROM person
    UNION ALL
    SELECT person_id, COALESCE(name, '?'), COALESCE(phone_shown, '') FROM former_person
    WHERE person_id NOT IN (SELECT person_id FROM person);

-- One row per case, as it is by now.
CREATE VIEW registered_case AS
    SELECT e.* EXCLUDE (newest) REPLACE (COALESCE(a.person_id, e.person_id) AS person_id) FROM (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY case_id ORDER BY entry_id DESC) AS newest,
            MIN(entered_at) OVER (PARTITION BY case_id) AS registered_at,
            ARG_MIN(entered_by, entry_id) OVER (PARTITION BY case_id) AS registered_by
        FROM case_entry
    ) e LEFT JOIN alias a ON a.alias_id = e.person_id WHERE e.newest = 1;
-- One row per contact of a case, as they are listed by now. listed_at: when they first were.
CREATE VIEW contact AS
    SELECT * EXCLUDE (newest) FROM (
        SELECT c.* REPLACE (COALESCE(a.person_id, c.person_id) AS person_id),
            MIN(c.entered_at) OVER (PARTITION BY c.case_id, COALESCE(a.person_id, c.person_id)) AS listed_at,
            ROW_NUMBER() OVER (PARTITION BY c.case_id, COALESCE(a.person_id, c.person_id) ORDER BY c.entry_id DESC) AS newest
        FROM contact_entry c LEFT JOIN alias a ON a.alias_id = c.person_id
    ) WHERE newest = 1 AND degree > 0;
-- Every entry that was not taken back.
CREATE VIEW follow_up AS
    SELECT f.* EXCLUDE (of_entry) REPLACE (COALESCE(a.person_id, f.person_id) AS person_id)
    FROM follow_up_entry f LEFT JOIN alias a ON a.alias_id = f.person_id
    WHERE f.kind <> 'taken_back' AND f.entry_id NOT IN (SELECT of_entry FROM follow_up_entry WHERE of_entry IS NOT NULL);
