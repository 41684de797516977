-- One row per request: those that are open first, by the day they are due; then those that have ended, newest first. name: NULL of who is
-- no longer known.
SELECT r.* REPLACE (COALESCE(a.person_id, r.person_id) AS person_id), p.name, e.* EXCLUDE (request_id)
FROM subject_request r
LEFT JOIN alias a ON a.alias_id = r.person_id
LEFT JOIN known_person p ON p.person_id = COALESCE(a.person_id, r.person_id)
LEFT JOIN subject_request_end e ON e.request_id = r.request_id
ORDER BY e.ended_at IS NOT NULL, CASE WHEN e.ended_at IS NULL THEN r.due_on END, r.request_id DESC
