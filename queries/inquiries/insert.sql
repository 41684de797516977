-- One row is added: a request, as it was entered.
-- requester VARCHAR, document VARCHAR, dated DATE: NULL for none, purpose VARCHAR, received_on DATE, due_on DATE, first_day DATE,
-- last_day DATE, locations INTEGER[], people BIGINT[]: [] for any. kind VARCHAR, direction VARCHAR: NULL for any. about VARCHAR, entered_at TIMESTAMP, entered_by VARCHAR.
INSERT INTO inquiry
SELECT (SELECT COALESCE(MAX(inquiry_id), 0) + 1 FROM inquiry), $requester, $document, $dated, $purpose, $received_on, $due_on,
    $first_day, $last_day, $locations, $people, $kind, $direction, $about, $entered_at, $entered_by
RETURNING inquiry_id
