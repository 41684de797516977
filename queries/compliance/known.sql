-- One row per staff member on the day asked about, by given name: what is known of them by then.
-- last_declared, last_scanned: the last day they did. missed_declared, missed_scanned: for how many working days in a row, up to
-- the day, they did not. unconfirmed_on: their last dose that nobody has confirmed.
-- Table asked(person_id). day DATE.
SELECT s.person_id, p.name, s.position, l.name AS location, began.started,
       done.last_declared, done.last_scanned, unconfirmed.given_on AS unconfirmed_on,
       COALESCE(missed.declared, 0) AS missed_declared, COALESCE(missed.scanned, 0) AS missed_scanned
FROM employment s
JOIN staff_person p ON p.person_id = s.person_id
JOIN location l ON l.location_id = s.location_id
LEFT JOIN (
    SELECT person_id, MAX(CASE WHEN declarations > 0 THEN day END) AS last_declared,
           MAX(CASE WHEN scans_in + scans_out > 0 THEN day END) AS last_scanned
    FROM staff_day WHERE day <= $day AND person_id IN (SELECT person_id FROM asked) GROUP BY person_id
) done ON done.person_id = s.person_id
LEFT JOIN (
    SELECT u.person_id,
           CAST(SUM(CASE WHEN NOT u.declared AND (k.declared IS NULL OR u.day > k.declared) THEN 1 ELSE 0 END) AS INTEGER) AS declared,
           CAST(SUM(CASE WHEN NOT u.scanned AND (k.scanned IS NULL OR u.day > k.scanned) THEN 1 ELSE 0 END) AS INTEGER) AS scanned
    FROM duty_day u
    JOIN (
        SELECT person_id, MAX(CASE WHEN declared THEN day END) AS declared, MAX(CASE WHEN scanned THEN day END) AS scanned
        FROM duty_day WHERE day <= $day AND person_id IN (SELECT person_id FROM asked) GROUP BY person_id
    ) k ON k.person_id = u.person_id
    WHERE u.day <= $day GROUP BY u.person_id
) missed ON missed.person_id = s.person_id
LEFT JOIN (
    SELECT person_id, MAX(given_on) AS given_on FROM current_dose
    WHERE confirmed_by IS NULL AND given_on <= $day GROUP BY person_id
) unconfirmed ON unconfirmed.person_id = s.person_id
LEFT JOIN (SELECT person_id, MAX(started) AS started FROM staff GROUP BY person_id) began ON began.person_id = s.person_id
WHERE $day BETWEEN s.first_day AND s.last_day AND s.person_id IN (SELECT person_id FROM asked)
ORDER BY p.place
