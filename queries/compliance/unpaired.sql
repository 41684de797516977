-- One row per scan of a staff member on the day that lacks its other half, by time: in without out, or out without in.
-- missing is 'out' or 'in'. Whose last scan on the newest day is an arrival is on site, and not listed.
-- day DATE.
SELECT u.person_id, p.name, l.name AS location, u.missing, u.scanned_at
FROM (
    SELECT y.person_id, y.location_id, 'out' AS missing, y.t_in AS scanned_at
    FROM stay y
    SEMI JOIN (
        SELECT person_id, location_id, scanned_at FROM scan
        WHERE direction = 'in' AND scanned_at >= $day AND scanned_at < $day + INTERVAL '1' DAY
    ) c ON c.person_id = y.person_id AND c.location_id = y.location_id AND c.scanned_at = y.t_in
    WHERE y.day = $day AND y.in_seen AND NOT y.out_seen
    UNION ALL
    SELECT person_id, location_id, 'in', t_out
    FROM stay
    WHERE day BETWEEN CAST($day - INTERVAL '1' DAY AS DATE) AND $day AND NOT in_seen
      AND t_out >= $day AND t_out < $day + INTERVAL '1' DAY
) u
JOIN staff_day f ON f.person_id = u.person_id AND f.day = $day
JOIN staff_person p ON p.person_id = u.person_id
JOIN location l ON l.location_id = u.location_id
WHERE u.missing = 'in' OR u.scanned_at < f.last_scan
   OR (SELECT MAX(scanned_at) FROM scan WHERE scanned_at >= (SELECT MAX(day) FROM flow_day)) >= $day + INTERVAL '1' DAY
ORDER BY u.scanned_at, u.person_id
