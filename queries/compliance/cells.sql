-- One row per day with data and staff member on that day, by given name and day: what they did, and why a duty was not due.
-- apps, vaccinated, declared, scanned: done or not, NULL when not due. way: with a scan, whether in and out (both), or one alone.
-- working, holiday: of the day. absent: why they were away on the day, NULL when they were not.
-- phoneless: without a smartphone. exempt_<duty>: exempt from it on the day for a reason of their own.
-- first DATE, last DATE: both included.
SELECT u.day, u.person_id, p.name, u.apps, u.vaccinated, u.declared, u.scanned,
       CASE WHEN f.scans_in > 0 AND f.scans_out > 0 THEN 'both' WHEN f.scans_in > 0 THEN 'in' WHEN f.scans_out > 0 THEN 'out' END AS way,
       c.working, c.holiday, a.reason AS absent, NOT s.smartphone AS phoneless,
       COALESCE(e.apps, 0) > 0 AS exempt_apps, COALESCE(e.vaccinated, 0) > 0 AS exempt_vaccinated,
       COALESCE(e.declared, 0) > 0 AS exempt_declared, COALESCE(e.scanned, 0) > 0 AS exempt_scanned
FROM duty_day u
JOIN calendar c ON c.day = u.day
JOIN staff_person p ON p.person_id = u.person_id
JOIN employment s ON s.person_id = u.person_id AND u.day BETWEEN s.first_day AND s.last_day
LEFT JOIN staff_day f ON f.day = u.day AND f.person_id = u.person_id
LEFT JOIN (
    SELECT d.day, n.person_id, MIN(n.reason) AS reason
    FROM calendar d JOIN absence n ON d.day BETWEEN n.first_day AND n.last_day
        AND NOT (n.half_first AND d.day = n.first_day) AND NOT (n.half_last AND d.day = n.last_day)
    WHERE d.day BETWEEN $first AND $last GROUP BY d.day, n.person_id
) a ON a.day = u.day AND a.person_id = u.person_id
LEFT JOIN (
    SELECT d.day, m.person_id, SUM(CASE WHEN m.duty = 'apps' THEN 1 ELSE 0 END) AS apps,
           SUM(CASE WHEN m.duty = 'vaccinated' THEN 1 ELSE 0 END) AS vaccinated,
           SUM(CASE WHEN m.duty = 'declared' THEN 1 ELSE 0 END) AS declared,
           SUM(CASE WHEN m.duty = 'scanned' THEN 1 ELSE 0 END) AS scanned
    FROM calendar d JOIN exemption m ON d.day >= m.first_day AND (m.last_day IS NULL OR d.day <= m.last_day)
    WHERE d.day BETWEEN $first AND $last GROUP BY d.day, m.person_id
) e ON e.day = u.day AND e.person_id = u.person_id
WHERE u.day BETWEEN $first AND $last
ORDER BY p.place, u.day
