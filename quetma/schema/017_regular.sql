-- Documents that the running dashboard makes by itself, and sends (quetma/regular.py). Rows are added, never changed.
CREATE TABLE regular_document (
    kind VARCHAR NOT NULL,                -- daily | weekly | monthly
    first_day DATE NOT NULL, last_day DATE NOT NULL,
    document_id INTEGER NOT NULL, made_at TIMESTAMP NOT NULL,
    PRIMARY KEY (kind, first_day)         -- never made twice
);
CREATE TABLE regular_recipient (kind VARCHAR NOT NULL, first_day DATE NOT NULL, address VARCHAR NOT NULL);
CREATE TABLE regular_try (
    try_id INTEGER PRIMARY KEY, kind VARCHAR NOT NULL, first_day DATE NOT NULL,
    address VARCHAR NOT NULL,             -- '': the try to make the document
    tried_at TIMESTAMP NOT NULL,
    failed VARCHAR                        -- why, '' when it did not; NULL: somebody asks for another try
);
