-- One row is added per row of the frame `listing`: a contact of a case, or with degree 0 no longer one.
-- Table listing(person_id, degree, exposed_at, last_at, minutes, location). case_id INTEGER, entered_at TIMESTAMP, entered_by VARCHAR.
INSERT INTO contact_entry
SELECT (SELECT COALESCE(MAX(entry_id), 0) FROM contact_entry) + ROW_NUMBER() OVER (ORDER BY degree, person_id),
    $case_id, person_id, degree, exposed_at, last_at, minutes, location, $entered_at, $entered_by
FROM listing
