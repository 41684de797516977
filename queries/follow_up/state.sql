-- One row per case that was not ruled out and contact listed for it, F1 first, longest together first. What was done about them is in
-- follow_up/done, their doses in follow_up/doses, what they and the case are called in follow_up/named: of all at once, it took longer to
-- plan than to answer. Who is the case by a later merge is no contact.
-- is_case: the person is a registered case, or was one since. case_person: the case.
SELECT c.case_id, r.onset, r.rule, r.person_id AS case_person, c.person_id, CAST(c.degree AS INTEGER) AS degree,
    c.exposed_at, c.last_at, c.minutes, c.location, c.listed_at,
    EXISTS (
        SELECT 1 FROM registered_case x WHERE x.person_id = c.person_id
        AND (x.state IN ('suspected', 'confirmed') OR x.state = 'recovered' AND x.registered_at >= c.listed_at)
    ) AS is_case
FROM contact c
JOIN registered_case r ON r.case_id = c.case_id AND r.state <> 'ruled_out' AND r.person_id <> c.person_id
ORDER BY c.degree, c.minutes DESC, c.case_id, c.person_id
