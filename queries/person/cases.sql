-- One row per case that somebody is (degree 0) or is a contact of (1 F1, 2 F2, 3 F3), newest first: case_id, degree, since (onset, or
-- exposed), state of the case, location of the contact, entered_at.
-- person BIGINT.
SELECT case_id, 0 AS degree, CAST(onset AS TIMESTAMP) AS since, state, '' AS location, registered_at AS entered_at
FROM registered_case WHERE person_id = $person
UNION ALL
SELECT c.case_id, c.degree, c.exposed_at, r.state, c.location, c.listed_at
FROM contact c JOIN registered_case r ON r.case_id = c.case_id WHERE c.person_id = $person
ORDER BY entered_at DESC, case_id DESC
