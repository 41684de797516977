-- Requests of people about their own data (quetma/subject.py): rows are added, never changed. No name stands here: who has been deleted
-- is known by the number alone.
CREATE TABLE subject_request (
    request_id INTEGER PRIMARY KEY,       -- never given again
    person_id BIGINT NOT NULL,
    wish VARCHAR NOT NULL,                -- copy | correct | delete
    told VARCHAR NOT NULL,                -- how it came, and what is to be corrected
    received_on DATE NOT NULL, due_on DATE NOT NULL,
    entered_at TIMESTAMP NOT NULL, entered_by VARCHAR NOT NULL
);
CREATE TABLE subject_request_end (
    request_id INTEGER PRIMARY KEY,
    outcome VARCHAR NOT NULL,             -- done | refused
    reason VARCHAR NOT NULL,              -- why it was refused, or what was not deleted and why
    ended_at TIMESTAMP NOT NULL, ended_by VARCHAR NOT NULL
);
