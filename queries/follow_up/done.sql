-- One row per case, contact listed for it and entry about them that counts for it, oldest first.
-- What is known of a person counts for a case from when they were listed for it, of their health and tests from when they first met
-- the case; of a questionnaire and a verdict only those about that case.
-- A declaration of health by the person themself counts as a day's health too: entry_id 0.
-- since TIMESTAMP: of follow_up/since; nothing declared before concerns any contact.
SELECT c.case_id, c.person_id, f.entry_id, f.kind, f.outcome, f.happened_at, f.until, f.detail
FROM contact c
JOIN (
    SELECT entry_id, person_id, case_id, kind, outcome, happened_at, until, detail, entered_at FROM follow_up
    UNION ALL
    SELECT 0, person_id, NULL, 'health', CASE WHEN symptoms = '' THEN 'well' ELSE 'ill' END, declared_at, NULL, '', declared_at
    FROM declaration WHERE declared_at >= CAST($since AS TIMESTAMP)
) f ON f.person_id = c.person_id AND (f.case_id IS NULL OR f.case_id = c.case_id)
    AND (f.entered_at >= c.listed_at OR f.kind IN ('health', 'test') AND f.happened_at >= c.exposed_at)
ORDER BY f.happened_at, f.entry_id
