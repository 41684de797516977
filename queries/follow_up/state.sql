-- One row per case that was not ruled out and contact listed for it, F1 first, longest together first: what has been done.
-- What is known of a person counts for a case from when they were listed for it, of their health and tests from when they first met
-- the case; of a questionnaire and a verdict only those about that case. Who is the case by a later merge is no contact.
-- A declaration of health by the person themself counts as a day's health too.
-- is_case: the person is a registered case, or was one since. doses: days of vaccination up to the last contact. health_days, test_days: days with one.
-- reached_at: of the first call that reached them. lost: so said, and no sign of them since.
-- since TIMESTAMP: of follow_up/since; nothing declared before concerns any contact.
WITH done AS (
    SELECT entry_id, person_id, case_id, kind, outcome, happened_at, until, detail, entered_at FROM follow_up
    UNION ALL
    SELECT 0, person_id, NULL, 'health', CASE WHEN symptoms = '' THEN 'well' ELSE 'ill' END, declared_at, NULL, symptoms, declared_at
    FROM declaration
    WHERE person_id IN (SELECT person_id FROM contact)
      AND declared_at >= CAST($since AS TIMESTAMP)
),
acts AS (
    SELECT c.case_id, c.person_id,
        COUNT(*) FILTER (f.kind = 'called') AS calls,
        MAX(f.happened_at) FILTER (f.kind = 'called') AS called_at,
        MIN(f.happened_at) FILTER (f.kind = 'called' AND f.outcome = 'reached') AS reached_at,
        ARG_MAX(f.detail, f.entry_id) FILTER (f.kind = 'questionnaire') AS questionnaire,
        ARG_MAX(f.outcome, f.entry_id) FILTER (f.kind = 'verdict') AS verdict,
        ARG_MAX(f.outcome, f.entry_id) FILTER (f.kind = 'quarantine') AS quarantine,
        ARG_MAX(f.happened_at, f.entry_id) FILTER (f.kind = 'quarantine') AS quarantine_since,
        ARG_MAX(f.until, f.entry_id) FILTER (f.kind = 'quarantine') AS quarantine_until,
        ARG_MAX(f.outcome, f.happened_at) FILTER (f.kind = 'health') AS health,
        LIST(DISTINCT CAST(f.happened_at AS DATE)) FILTER (f.kind = 'health') AS health_days,
        ARG_MAX(f.outcome, f.happened_at) FILTER (f.kind = 'test') AS test,
        LIST(DISTINCT CAST(f.happened_at AS DATE)) FILTER (f.kind = 'test') AS test_days,
        MAX(f.entry_id) FILTER (f.kind = 'lost') AS lost_entry,
        MAX(f.entry_id) FILTER (f.kind IN ('questionnaire', 'health', 'test') OR f.outcome = 'reached') AS sign_entry
    FROM contact c
    JOIN done f ON f.person_id = c.person_id AND (f.case_id IS NULL OR f.case_id = c.case_id)
        AND (f.entered_at >= c.listed_at OR f.kind IN ('health', 'test') AND f.happened_at >= c.exposed_at)
    GROUP BY c.case_id, c.person_id
),
dosed AS (
    SELECT c.case_id, c.person_id, LIST(DISTINCT d.given_on ORDER BY d.given_on) AS doses
    FROM contact c JOIN current_dose d ON d.person_id = c.person_id AND d.given_on <= CAST(c.last_at AS DATE)
    GROUP BY c.case_id, c.person_id
)
SELECT c.case_id, r.onset, r.rule, q.name AS case_name, c.person_id, p.name, p.phone_shown, CAST(c.degree AS INTEGER) AS degree,
    c.exposed_at, c.last_at, c.minutes, c.location, c.listed_at,
    EXISTS (
        SELECT 1 FROM registered_case x WHERE x.person_id = c.person_id
        AND (x.state IN ('suspected', 'confirmed') OR x.state = 'recovered' AND x.registered_at >= c.listed_at)
    ) AS is_case,
    COALESCE(d.doses, []) AS doses, COALESCE(a.calls, 0) AS calls, a.called_at, a.reached_at, a.questionnaire, a.verdict,
    a.quarantine, a.quarantine_since, a.quarantine_until, a.health, COALESCE(a.health_days, []) AS health_days,
    a.test, COALESCE(a.test_days, []) AS test_days,
    COALESCE(a.lost_entry > COALESCE(a.sign_entry, 0), FALSE) AS lost
FROM contact c
JOIN registered_case r ON r.case_id = c.case_id AND r.state <> 'ruled_out' AND r.person_id <> c.person_id
JOIN known_person p ON p.person_id = c.person_id
JOIN known_person q ON q.person_id = r.person_id
LEFT JOIN acts a ON a.case_id = c.case_id AND a.person_id = c.person_id
LEFT JOIN dosed d ON d.case_id = c.case_id AND d.person_id = c.person_id
ORDER BY c.degree, c.minutes DESC, c.case_id, c.person_id
