-- One row per number of days on which visitors came, in order: how many visitors, and their stays. A masked person, and whom nobody
-- knows but by "***", may be anybody and is left out.
-- first DATE, last DATE: both included. location INTEGER: 0 is the whole unit.
SELECT CAST(days AS INTEGER) AS days, CAST(COUNT(*) AS INTEGER) AS visitors, CAST(SUM(stays) AS INTEGER) AS stays
FROM (
    SELECT y.person_id, COUNT(DISTINCT y.day) AS days, COUNT(*) AS stays
    FROM stay y
    JOIN person p ON p.person_id = y.person_id AND NOT p.masked
    LEFT JOIN staff s ON s.person_id = y.person_id
        AND (s.started IS NULL OR s.started <= y.day) AND (s.ended IS NULL OR s.ended >= y.day)
    WHERE y.day BETWEEN $first AND $last AND ($location = 0 OR y.location_id = $location) AND s.person_id IS NULL
    GROUP BY y.person_id
) v
GROUP BY days
ORDER BY days
