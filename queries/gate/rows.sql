-- One row per passage of an entry of the gate, who gave the name first: batch_id, line, person_id (who they are by now), as_named (the
-- number they had), name, kind, location_id, scanned_at, direction, host, came_from, counts.
-- entry VARCHAR.
SELECT r.batch_id, r.line, COALESCE(a.person_id, r.person_id) AS person_id, r.person_id AS as_named, p.name,
       CASE WHEN s.person_id IS NULL THEN 'visitor' ELSE 'staff' END AS kind, r.location_id, r.scanned_at, r.direction,
       d.host, d.came_from, r.counts
FROM door_row d
JOIN scan_row r ON r.batch_id = d.batch_id AND r.line = d.line
LEFT JOIN alias a ON a.alias_id = r.person_id
JOIN person p ON p.person_id = COALESCE(a.person_id, r.person_id)
LEFT JOIN staff s ON s.person_id = p.person_id
    AND (s.started IS NULL OR s.started <= CAST(r.scanned_at AS DATE)) AND (s.ended IS NULL OR s.ended >= CAST(r.scanned_at AS DATE))
WHERE d.entry_id = $entry
ORDER BY r.batch_id, r.line
