-- One row per duty that somebody does not owe on the day for a reason of their own: person_id, duty, reason; '' is: no smartphone.
-- day DATE.
SELECT s.person_id, m.duty, m.reason
FROM employment s
JOIN exemption m ON m.person_id = s.person_id AND m.first_day <= $day AND (m.last_day IS NULL OR m.last_day >= $day)
WHERE $day BETWEEN s.first_day AND s.last_day
UNION ALL
SELECT s.person_id, n.duty, ''
FROM employment s
JOIN (SELECT 'apps' AS duty UNION ALL SELECT 'declared') n ON NOT s.smartphone
WHERE $day BETWEEN s.first_day AND s.last_day
ORDER BY 1, 2, 3
