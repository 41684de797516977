-- One row per request: those that are open first, by the day they are due; then those that have ended, newest first. people: who
-- they are by now. documents: what went out.
SELECT i.* REPLACE (
        COALESCE((
            SELECT LIST(COALESCE(a.person_id, p.person_id) ORDER BY p.n)
            FROM UNNEST(i.people) WITH ORDINALITY p(person_id, n) LEFT JOIN alias a ON a.alias_id = p.person_id
        ), []) AS people
    ), e.* EXCLUDE (inquiry_id),
    COALESCE((SELECT LIST(d.document_id ORDER BY d.document_id) FROM inquiry_document d WHERE d.inquiry_id = i.inquiry_id), []) AS documents
FROM inquiry i
LEFT JOIN inquiry_end e ON e.inquiry_id = i.inquiry_id
ORDER BY e.ended_at IS NOT NULL, CASE WHEN e.ended_at IS NULL THEN i.due_on END, i.inquiry_id DESC
