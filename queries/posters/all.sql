-- One row per printed code, the newest of each location first. scans: how many check-ins came by it, late: of them after it was retired.
-- location INTEGER: 0 is every location.
SELECT p.poster_id, p.location_id, l.name AS location, l.address, l.closed_on, p.version, p.token, p.payload, p.printed_on, p.made_at,
       p.made_by, p.retired_at, p.retired_by, p.retired_why, COALESCE(s.scans, 0) AS scans, COALESCE(s.late, 0) AS late
FROM poster p
JOIN location l ON l.location_id = p.location_id
LEFT JOIN (
    SELECT d.poster_id, COUNT(*) AS scans, COUNT(*) FILTER (WHERE r.scanned_at >= q.retired_at) AS late
    FROM door_row d
    JOIN poster q ON q.poster_id = d.poster_id
    JOIN scan_row r ON r.batch_id = d.batch_id AND r.line = d.line
    GROUP BY d.poster_id
) s ON s.poster_id = p.poster_id
WHERE $location = 0 OR p.location_id = $location
ORDER BY l.name_key, p.version DESC
