-- What a leader wrote into a document that is not made yet (quetma/drafts.py). The newest row of an account and key holds.
CREATE TABLE draft_entry (
    account VARCHAR NOT NULL,
    key VARCHAR NOT NULL,                 -- which document: of which days, of which case
    subject VARCHAR NOT NULL,             -- what it is about, as it says itself
    words VARCHAR NOT NULL,               -- JSON: field → what was written into it
    saved_at TIMESTAMP NOT NULL,
    made BOOLEAN NOT NULL                 -- the document has been made of these very words
);
