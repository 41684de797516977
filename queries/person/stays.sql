-- One row per stay of somebody, newest first. in_seen, out_seen: false is inferred.
-- person BIGINT. first DATE, last DATE: both included.
SELECT y.day, l.name AS location, y.t_in, y.t_out, y.in_seen, y.out_seen
FROM stay y JOIN location l ON l.location_id = y.location_id
WHERE y.person_id = $person AND y.day BETWEEN $first AND $last ORDER BY y.t_in DESC
