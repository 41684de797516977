-- One row is added: a document that goes out to answer a request.
-- inquiry_id INTEGER, document_id INTEGER.
INSERT INTO inquiry_document VALUES ($inquiry_id, $document_id)
