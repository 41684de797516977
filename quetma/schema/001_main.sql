-- The store of one unit. Facts that came in (roster_row, scan, dose, app_install, declaration, reject) keep the batch and line
-- they came from; everything derived (stay, flow_*, staff_day, compliance_day) can be made again from them: `check` does.
-- Timestamps are naive local times of Asia/Ho_Chi_Minh (UTC+7, no DST). Identifiers are small integers given under the write lock.

CREATE TABLE setting (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);

CREATE TABLE location (
    location_id INTEGER PRIMARY KEY,      -- 0 is never used: roll-ups use it for "all locations"
    name        VARCHAR NOT NULL,
    name_key    VARCHAR NOT NULL UNIQUE,  -- quetma.people.fold(name)
    opens       TIME,
    closes      TIME,
    batch_id    INTEGER                   -- the upload that first named it; NULL when registered by hand
);

CREATE TABLE person (
    person_id  BIGINT PRIMARY KEY,
    identity   VARCHAR NOT NULL,          -- quetma.people.identity(...): the same identity is the same person
    name       VARCHAR NOT NULL,          -- as the roster writes it, else as first seen
    name_key   VARCHAR NOT NULL,          -- fold(name), for searching
    sort_key   VARCHAR NOT NULL,          -- given name first, for ordering
    phone      VARCHAR,                   -- E.164, '+84912345678'; NULL when unknown or masked
    birth_year SMALLINT,
    masked     BOOLEAN NOT NULL,          -- 'Nguyễn Văn ***': a row about somebody, not a known person
    batch_id   INTEGER NOT NULL,          -- the upload that first named them
    -- As screens and files show it (quetma.people.domestic): 0912345678, '' for none; of a masked person what the log showed.
    phone_shown VARCHAR GENERATED ALWAYS AS (
        CASE WHEN masked THEN REGEXP_EXTRACT(identity, '[^|]*$')
             WHEN phone LIKE '+84%' THEN '0' || SUBSTR(phone, 4)
             ELSE COALESCE(phone, '') END
    )
);

CREATE TABLE batch (
    batch_id    INTEGER PRIMARY KEY,
    kind        VARCHAR NOT NULL,         -- scans | roster | doses | apps | declarations
    file_name   VARCHAR NOT NULL,
    sha256      VARCHAR NOT NULL,         -- of the file as uploaded
    uploaded_at TIMESTAMP NOT NULL,
    uploaded_by VARCHAR NOT NULL,
    row_count   INTEGER NOT NULL,         -- = accepted + duplicates + rejected, always
    accepted    INTEGER NOT NULL,
    duplicates  INTEGER NOT NULL,
    rejected    INTEGER NOT NULL,
    first_day   DATE,
    last_day    DATE
);

CREATE TABLE reject (batch_id INTEGER NOT NULL, line INTEGER NOT NULL, reason VARCHAR NOT NULL, raw VARCHAR NOT NULL);

-- One row per accepted roster line; the staff of today is the newest batch's row of each person (view staff).
CREATE TABLE roster_row (
    batch_id INTEGER NOT NULL, line INTEGER NOT NULL, person_id BIGINT NOT NULL,
    position VARCHAR NOT NULL, location_id INTEGER NOT NULL,
    smartphone BOOLEAN NOT NULL,          -- no smartphone: exempt from the app duty, not missing
    started DATE, ended DATE              -- first and last day on the roster; NULL is open
);
CREATE VIEW staff AS
    SELECT r.* EXCLUDE (line) FROM roster_row r
    JOIN (SELECT person_id, MAX(batch_id) AS batch_id FROM roster_row GROUP BY person_id) newest
    ON newest.person_id = r.person_id AND newest.batch_id = r.batch_id;

CREATE TABLE scan (
    batch_id INTEGER NOT NULL, line INTEGER NOT NULL,
    person_id BIGINT NOT NULL, location_id INTEGER NOT NULL, scanned_at TIMESTAMP NOT NULL,
    direction VARCHAR NOT NULL,           -- in | out | unknown
    purpose VARCHAR
);

CREATE TABLE dose (
    batch_id INTEGER NOT NULL, line INTEGER NOT NULL, person_id BIGINT NOT NULL,
    number TINYINT NOT NULL, vaccine VARCHAR, given_on DATE NOT NULL, place VARCHAR, lot VARCHAR,
    confirmed_by VARCHAR                  -- who saw which paper; NULL is not confirmed
);
CREATE VIEW current_dose AS               -- a later upload of the same dose of the same person replaces the earlier one
    SELECT d.* EXCLUDE (line) FROM dose d
    JOIN (SELECT person_id, number, MAX(batch_id) AS batch_id FROM dose GROUP BY person_id, number) newest
    ON newest.person_id = d.person_id AND newest.number = d.number AND newest.batch_id = d.batch_id;

CREATE TABLE app_install (
    batch_id INTEGER NOT NULL, line INTEGER NOT NULL, person_id BIGINT NOT NULL,
    app VARCHAR NOT NULL, installed_on DATE NOT NULL
);

CREATE TABLE declaration (
    batch_id INTEGER NOT NULL, line INTEGER NOT NULL, person_id BIGINT NOT NULL,
    declared_at TIMESTAMP NOT NULL, symptoms VARCHAR NOT NULL   -- '' is none
);

-- Derived ---------------------------------------------------------------------------------------------------------------------

-- One row per stay (quetma/stays.py), appended in (day, location_id, t_in) order.
CREATE TABLE stay (
    day DATE NOT NULL,                    -- of t_in
    location_id INTEGER NOT NULL, person_id BIGINT NOT NULL,
    t_in TIMESTAMP NOT NULL, t_out TIMESTAMP NOT NULL,
    in_seen BOOLEAN NOT NULL, out_seen BOOLEAN NOT NULL   -- false: that end is inferred
);

-- kind is 'staff' or 'visitor'; location_id 0 is the whole unit.
-- Arrivals are scans in or of unknown direction; departures are scans out. One row per (day, hour, location, kind).
CREATE TABLE flow_hour (
    day DATE NOT NULL, hour TINYINT NOT NULL, location_id INTEGER NOT NULL, kind VARCHAR NOT NULL,
    arrivals INTEGER NOT NULL, departures INTEGER NOT NULL
);
-- One row per (day, location or 0, kind).
CREATE TABLE flow_day (
    day DATE NOT NULL, location_id INTEGER NOT NULL, kind VARCHAR NOT NULL,
    people INTEGER NOT NULL, scans INTEGER NOT NULL
);
-- One row per (day, location, kind, bucket): stays with both ends seen, by time spent. bucket is the lower bound in minutes.
CREATE TABLE flow_duration (
    day DATE NOT NULL, location_id INTEGER NOT NULL, kind VARCHAR NOT NULL,
    bucket SMALLINT NOT NULL, stays INTEGER NOT NULL, minutes DOUBLE NOT NULL
);
-- One row per (day, staff member) with anything on that day.
CREATE TABLE staff_day (
    day DATE NOT NULL, person_id BIGINT NOT NULL,
    scans_in INTEGER NOT NULL, scans_out INTEGER NOT NULL, first_scan TIMESTAMP, last_scan TIMESTAMP, declarations INTEGER NOT NULL
);
-- One row per (day of the calendar, staff member on that day): each duty done or not; NULL is not due (no smartphone, or not a
-- working day). The rules stand in queries/rollup/duty_day.sql.
CREATE TABLE duty_day (
    day DATE NOT NULL, person_id BIGINT NOT NULL, location_id INTEGER NOT NULL, position VARCHAR NOT NULL,
    apps BOOLEAN, vaccinated BOOLEAN, declared BOOLEAN, scanned BOOLEAN
);
-- One row per (day, duty, premises, position). duty is apps | vaccinated | declared | scanned; have <= due.
CREATE TABLE compliance_day (
    day DATE NOT NULL, duty VARCHAR NOT NULL, location_id INTEGER NOT NULL, position VARCHAR NOT NULL,
    have INTEGER NOT NULL, due INTEGER NOT NULL
);
-- One row per day between the first and the last day of data: working days and Vietnamese public holidays (package holidays).
CREATE TABLE calendar (day DATE PRIMARY KEY, working BOOLEAN NOT NULL, holiday VARCHAR);

-- Access ----------------------------------------------------------------------------------------------------------------------

CREATE TABLE account (
    name VARCHAR PRIMARY KEY, role VARCHAR NOT NULL, password_hash VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL
);
CREATE TABLE session (
    token_hash VARCHAR NOT NULL, account VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL, ended_at TIMESTAMP
);
-- Append-only: who looked up, traced, exported, changed, signed in.
CREATE TABLE audit (
    logged_at TIMESTAMP NOT NULL, account VARCHAR NOT NULL, action VARCHAR NOT NULL, subject VARCHAR NOT NULL, detail VARCHAR NOT NULL
);
