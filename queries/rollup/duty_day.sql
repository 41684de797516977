-- One row per (day, staff member on that day), for the days in the temporary table touched. A duty is NULL when it is not due.
-- apps: an accepted app installed by then; without a smartphone not due. vaccinated: a confirmed dose by then.
-- declared: a health declaration on the day or the declaration_days - 1 days before it; due on working days of those with a smartphone.
-- scanned: a scan on the day; due on working days. Who is absent on a day (leave, a trip, duty elsewhere) owes neither of the two.
-- declaration_days INTEGER.
SELECT t.day, s.person_id, s.location_id, s.position,
       CASE WHEN s.smartphone THEN COALESCE(a.since <= t.day, FALSE) END AS apps,
       COALESCE(v.since <= t.day, FALSE) AS vaccinated,
       CASE WHEN s.smartphone AND t.working AND o.person_id IS NULL THEN d.person_id IS NOT NULL END AS declared,
       CASE WHEN t.working AND o.person_id IS NULL THEN x.person_id IS NOT NULL END AS scanned
FROM touched t
JOIN staff s ON (s.started IS NULL OR s.started <= t.day) AND (s.ended IS NULL OR s.ended >= t.day)
LEFT JOIN (
    SELECT person_id, MIN(installed_on) AS since FROM app_install
    WHERE LOWER(app) IN (SELECT app FROM accepted_app) GROUP BY person_id
) a ON a.person_id = s.person_id
LEFT JOIN (
    SELECT person_id, MIN(given_on) AS since FROM current_dose WHERE confirmed_by IS NOT NULL GROUP BY person_id
) v ON v.person_id = s.person_id
LEFT JOIN (
    SELECT DISTINCT w.day, f.person_id
    FROM touched w
    JOIN staff_day f ON f.day BETWEEN w.day - ($declaration_days - 1) AND w.day AND f.declarations > 0
) d ON d.day = t.day AND d.person_id = s.person_id
LEFT JOIN (
    SELECT DISTINCT w.day, n.person_id FROM touched w JOIN absence n ON w.day BETWEEN n.first_day AND n.last_day
) o ON o.day = t.day AND o.person_id = s.person_id
LEFT JOIN staff_day x ON x.day = t.day AND x.person_id = s.person_id AND x.scans_in + x.scans_out > 0
WHERE t.working IS NOT NULL
