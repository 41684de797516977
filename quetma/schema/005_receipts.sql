-- Saved answers of traces, each sealed by a fingerprint (quetma/receipts.py). Rows are added, never changed.
CREATE TABLE receipt (
    receipt_id INTEGER PRIMARY KEY,       -- never given again
    saved_at TIMESTAMP NOT NULL, saved_by VARCHAR NOT NULL, note VARCHAR NOT NULL,
    case_id INTEGER,                      -- the registered case it is about; NULL: none
    content VARCHAR NOT NULL,             -- JSON: question, rules, what it rests on, answer, evidence
    sha256 VARCHAR NOT NULL               -- of all the columns above
);

-- Tracing drills (quetma/drill.py): a mock F0 of the past week. Nothing else reads these tables.
CREATE TABLE drill (
    drill_id INTEGER PRIMARY KEY,
    started_at TIMESTAMP NOT NULL, started_by VARCHAR NOT NULL,
    person_id BIGINT NOT NULL, staff BOOLEAN NOT NULL, onset DATE NOT NULL,
    seconds DOUBLE NOT NULL,              -- from the question to the answer
    contacts INTEGER NOT NULL,            -- times an F1 was together with the mock case
    contacts_seen INTEGER NOT NULL,       -- of them with all four ends scanned
    own_days INTEGER NOT NULL,            -- days the mock case was here
    own_days_seen INTEGER NOT NULL,       -- of them with every scan in and out
    unscanned INTEGER NOT NULL,           -- staff on duty where the mock case was, without a scan
    finished_at TIMESTAMP, given_up BOOLEAN -- NULL: still running
);
-- One row per F1 to call. phone: whether one is known.
CREATE TABLE drill_contact (
    drill_id INTEGER NOT NULL, person_id BIGINT NOT NULL, minutes DOUBLE NOT NULL, phone BOOLEAN NOT NULL, reached_at TIMESTAMP,
    PRIMARY KEY (drill_id, person_id)
);
