-- One row: how many stays began on the day, those of flow/day_people.
-- day DATE. location INTEGER: 0 is the whole unit. kind VARCHAR: staff, visitor or all.
SELECT COUNT(*) AS stays
FROM stay y
LEFT JOIN staff s ON s.person_id = y.person_id
    AND (s.started IS NULL OR s.started <= y.day) AND (s.ended IS NULL OR s.ended >= y.day)
WHERE y.day = $day AND ($location = 0 OR y.location_id = $location)
  AND ($kind = 'all' OR CASE WHEN s.person_id IS NULL THEN 'visitor' ELSE 'staff' END = $kind)
