-- Requests for information that others make of the unit, and what came of each (quetma/inquiries.py). Rows are added, never changed.
CREATE TABLE inquiry (
    inquiry_id INTEGER PRIMARY KEY,       -- never given again
    requester VARCHAR NOT NULL,
    document VARCHAR NOT NULL,            -- the number of the letter it came with, '' for none
    dated DATE,                           -- the day on that letter
    purpose VARCHAR NOT NULL,
    received_on DATE NOT NULL, due_on DATE NOT NULL,
    first_day DATE NOT NULL, last_day DATE NOT NULL, -- which scans; NULL is any
    location_id INTEGER, person_id BIGINT, kind VARCHAR, direction VARCHAR,
    about VARCHAR NOT NULL,               -- the same in words
    entered_at TIMESTAMP NOT NULL, entered_by VARCHAR NOT NULL
);
CREATE TABLE inquiry_end (
    inquiry_id INTEGER PRIMARY KEY,
    outcome VARCHAR NOT NULL,             -- answered | refused
    whole BOOLEAN NOT NULL,               -- names and phones went out as they are
    reason VARCHAR NOT NULL,              -- why it was refused, or by what right they went out so
    scans BIGINT,                         -- how many went out
    ended_at TIMESTAMP NOT NULL, ended_by VARCHAR NOT NULL
);
-- What went out; the bytes are in the archive (quetma/archive.py).
CREATE TABLE inquiry_document (inquiry_id INTEGER NOT NULL, document_id INTEGER NOT NULL, PRIMARY KEY (inquiry_id, document_id));

-- Whom an open request is about stays known as well.
CREATE OR REPLACE VIEW kept_person AS
    SELECT person_id FROM merge UNION SELECT into_id FROM merge UNION SELECT person_id FROM apart UNION SELECT other_id FROM apart
    UNION SELECT person_id FROM case_entry UNION SELECT person_id FROM contact_entry UNION SELECT person_id FROM follow_up_entry
    UNION SELECT UNNEST(people) FROM plan_version UNION SELECT person_id FROM conduct_entry
    UNION SELECT person_id FROM address_entry UNION SELECT person_id FROM shift_entry WHERE person_id IS NOT NULL
    UNION SELECT person_id FROM badge
    UNION SELECT person_id FROM inquiry WHERE person_id IS NOT NULL AND inquiry_id NOT IN (SELECT inquiry_id FROM inquiry_end);
