-- One row per (day, staff member on that day), for the days in the temporary table touched. A duty is NULL when it is not due.
-- apps: an app installed by then that counts on the day (table accepted_app); without a smartphone not due.
-- vaccinated: by then confirmed doses are as many as the unit asks for (table vaccinated).
-- declared: a health declaration on the day or the declaration_days - 1 days before it; due on working days of those with a smartphone.
-- scanned: a scan on the day; due on working days. Who is absent for a whole day (leave, a trip, duty elsewhere) owes neither of the two.
-- Who is exempt from a duty on the day does not owe it.
-- declaration_days INTEGER.
SELECT t.day, s.person_id, s.location_id, s.position,
       CASE WHEN s.smartphone AND COALESCE(e.apps, 0) = 0 THEN a.person_id IS NOT NULL END AS apps,
       CASE WHEN COALESCE(e.vaccinated, 0) = 0 THEN COALESCE(v.since <= t.day, FALSE) END AS vaccinated,
       CASE WHEN s.smartphone AND t.working AND o.person_id IS NULL AND COALESCE(e.declared, 0) = 0 THEN d.person_id IS NOT NULL END
           AS declared,
       CASE WHEN t.working AND o.person_id IS NULL AND COALESCE(e.scanned, 0) = 0 THEN x.person_id IS NOT NULL END AS scanned
FROM touched t
JOIN employment s ON t.day BETWEEN s.first_day AND s.last_day
LEFT JOIN (
    SELECT DISTINCT w.day, i.person_id
    FROM touched w
    JOIN accepted_app p ON w.day BETWEEN p.first_day AND p.last_day
    JOIN app_install i ON LOWER(i.app) = p.app AND i.installed_on <= w.day
) a ON a.day = t.day AND a.person_id = s.person_id
LEFT JOIN vaccinated v ON v.person_id = s.person_id
LEFT JOIN (
    SELECT DISTINCT w.day, f.person_id
    FROM touched w
    JOIN staff_day f ON f.day BETWEEN w.day - ($declaration_days - 1) AND w.day AND f.declarations > 0
) d ON d.day = t.day AND d.person_id = s.person_id
LEFT JOIN (
    SELECT DISTINCT w.day, n.person_id FROM touched w JOIN absence n ON w.day BETWEEN n.first_day AND n.last_day
        AND NOT (n.half_first AND w.day = n.first_day) AND NOT (n.half_last AND w.day = n.last_day)
) o ON o.day = t.day AND o.person_id = s.person_id
LEFT JOIN (
    SELECT w.day, m.person_id, MAX(CASE WHEN m.duty = 'apps' THEN 1 ELSE 0 END) AS apps,
           MAX(CASE WHEN m.duty = 'vaccinated' THEN 1 ELSE 0 END) AS vaccinated,
           MAX(CASE WHEN m.duty = 'declared' THEN 1 ELSE 0 END) AS declared,
           MAX(CASE WHEN m.duty = 'scanned' THEN 1 ELSE 0 END) AS scanned
    FROM touched w JOIN exemption m ON w.day >= m.first_day AND (m.last_day IS NULL OR w.day <= m.last_day)
    GROUP BY w.day, m.person_id
) e ON e.day = t.day AND e.person_id = s.person_id
LEFT JOIN staff_day x ON x.day = t.day AND x.person_id = s.person_id AND x.scans_in + x.scans_out > 0
WHERE t.working IS NOT NULL
