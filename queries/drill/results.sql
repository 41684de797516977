-- One row per drill that ended, oldest first. last_reached_at: when the last of those reached was reached.
SELECT d.drill_id, d.started_at, d.started_by, d.staff, d.onset, d.seconds, d.contacts, d.contacts_seen, d.own_days, d.own_days_seen,
       d.unscanned, d.finished_at, d.given_up, COALESCE(c.f1, 0) AS f1, COALESCE(c.phones, 0) AS phones, COALESCE(c.reached, 0) AS reached,
       c.last_reached_at
FROM drill d LEFT JOIN (
    SELECT drill_id, COUNT(*) AS f1, COUNT(*) FILTER (phone) AS phones, COUNT(reached_at) AS reached, MAX(reached_at) AS last_reached_at
    FROM drill_contact GROUP BY drill_id
) c ON c.drill_id = d.drill_id
WHERE d.finished_at IS NOT NULL
ORDER BY d.drill_id
