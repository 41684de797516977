-- One row per day with data and staff member on that day, by given name and day: what they did, and why a duty was not due.
-- apps, vaccinated, declared, scanned: done or not, NULL when not due. way: with a scan, whether in and out (both), or one alone.
-- working, holiday: of the day. absent: why they were away on the day, NULL when they were not.
-- first DATE, last DATE: both included.
SELECT u.day, u.person_id, p.name, u.apps, u.vaccinated, u.declared, u.scanned,
       CASE WHEN f.scans_in > 0 AND f.scans_out > 0 THEN 'both' WHEN f.scans_in > 0 THEN 'in' WHEN f.scans_out > 0 THEN 'out' END AS way,
       c.working, c.holiday, a.reason AS absent
FROM duty_day u
JOIN calendar c ON c.day = u.day
JOIN person p ON p.person_id = u.person_id
LEFT JOIN staff_day f ON f.day = u.day AND f.person_id = u.person_id
LEFT JOIN (
    SELECT d.day, n.person_id, MIN(n.reason) AS reason
    FROM calendar d JOIN absence n ON d.day BETWEEN n.first_day AND n.last_day
    WHERE d.day BETWEEN $first AND $last GROUP BY d.day, n.person_id
) a ON a.day = u.day AND a.person_id = u.person_id
WHERE u.day BETWEEN $first AND $last
ORDER BY p.sort_key, u.person_id, u.day
