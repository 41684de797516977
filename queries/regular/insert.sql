-- One row is added: a document that was made by itself. A second one of the same period is refused.
-- kind VARCHAR, first_day DATE, last_day DATE, document_id INTEGER, made_at TIMESTAMP.
INSERT INTO regular_document VALUES ($kind, $first_day, $last_day, $document_id, $made_at)
