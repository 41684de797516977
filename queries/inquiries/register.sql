-- One row per request: those that are open first, by the day they are due; then those that have ended, newest first. person_id: who
-- that is by now. documents: what went out.
SELECT i.* REPLACE (COALESCE(a.person_id, i.person_id) AS person_id), e.* EXCLUDE (inquiry_id),
    COALESCE((SELECT LIST(d.document_id ORDER BY d.document_id) FROM inquiry_document d WHERE d.inquiry_id = i.inquiry_id), []) AS documents
FROM inquiry i
LEFT JOIN inquiry_end e ON e.inquiry_id = i.inquiry_id
LEFT JOIN alias a ON a.alias_id = i.person_id
ORDER BY e.ended_at IS NOT NULL, CASE WHEN e.ended_at IS NULL THEN i.due_on END, i.inquiry_id DESC
