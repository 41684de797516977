-- Documents made: reports, dossiers, letters, exports on request (quetma/archive.py). Rows are added, never changed; the bytes lie in
-- the store's folder documents/, named by their fingerprint.
CREATE TABLE document (
    document_id INTEGER PRIMARY KEY,      -- never given again
    kind VARCHAR NOT NULL,                -- report | dossier | letter | workbook | history | …
    subject VARCHAR NOT NULL,             -- what it is about, as it says itself
    first_day DATE, last_day DATE,        -- the days it is about, both included; NULL: of no days
    reason VARCHAR NOT NULL,              -- for whom or what it was made, '' when nobody said
    made_at TIMESTAMP NOT NULL, made_by VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL, format VARCHAR NOT NULL,
    size BIGINT NOT NULL, sha256 VARCHAR NOT NULL,
    filing VARCHAR NOT NULL               -- JSON: what document management asks for when it is filed
);
