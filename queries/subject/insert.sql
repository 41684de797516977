-- One row is added: a request, as it was entered.
-- person_id BIGINT, wish VARCHAR, told VARCHAR, received_on DATE, due_on DATE, entered_at TIMESTAMP, entered_by VARCHAR.
INSERT INTO subject_request
SELECT (SELECT COALESCE(MAX(request_id), 0) + 1 FROM subject_request), $person_id, $wish, $told, $received_on, $due_on,
    $entered_at, $entered_by
RETURNING request_id
