-- Documents whose file a leader removed, because it was wrong or its purpose is done; that it was made, and removed by whom, stays.
CREATE TABLE document_removed (
    document_id INTEGER PRIMARY KEY, removed_at TIMESTAMP NOT NULL, removed_by VARCHAR NOT NULL, why VARCHAR NOT NULL
);
-- Every document that was made; removed_at is NULL while its file is there.
CREATE VIEW archived AS
    SELECT d.*, r.removed_at, COALESCE(r.removed_by, '') AS removed_by, COALESCE(r.why, '') AS removed_why
    FROM document d LEFT JOIN document_removed r ON r.document_id = d.document_id;
