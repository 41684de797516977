-- One row per case that was not ruled out and contact listed for it, F1 first, longest together first. What was done about them is in
-- follow_up/done, their doses in follow_up/doses. Who is the case by a later merge is no contact.
-- is_case: the person is a registered case, or was one since.
WITH named AS MATERIALIZED ( -- everybody is looked through once
    FROM known_person WHERE person_id IN (SELECT person_id FROM contact UNION ALL SELECT person_id FROM registered_case)
)
SELECT c.case_id, r.onset, r.rule, q.name AS case_name, c.person_id, p.name, p.phone_shown, CAST(c.degree AS INTEGER) AS degree,
    c.exposed_at, c.last_at, c.minutes, c.location, c.listed_at,
    EXISTS (
        SELECT 1 FROM registered_case x WHERE x.person_id = c.person_id
        AND (x.state IN ('suspected', 'confirmed') OR x.state = 'recovered' AND x.registered_at >= c.listed_at)
    ) AS is_case
FROM contact c
JOIN registered_case r ON r.case_id = c.case_id AND r.state <> 'ruled_out' AND r.person_id <> c.person_id
JOIN named p ON p.person_id = c.person_id
JOIN named q ON q.person_id = r.person_id
ORDER BY c.degree, c.minutes DESC, c.case_id, c.person_id
