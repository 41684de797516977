-- One row per contact listed for a case, the newest trace's facts of each.
-- case_id INTEGER.
SELECT person_id, degree, exposed_at, last_at, minutes, location, listed_at FROM contact WHERE case_id = $case_id
ORDER BY degree, person_id
