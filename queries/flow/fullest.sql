-- One row, or none when nobody was anywhere: the most people who were at one location at once, where, and since when; the first of equals.
-- first DATE, last DATE: both included. location INTEGER: 0 is every location.
SELECT p.people, l.name AS location, p.reached_at
FROM (
    SELECT day, location_id, people, reached_at FROM flow_peak
    WHERE day BETWEEN $first AND $last AND ($location = 0 OR location_id = $location) AND people = (
        SELECT MAX(people) FROM flow_peak WHERE day BETWEEN $first AND $last AND ($location = 0 OR location_id = $location)
    )
) p
JOIN location l ON l.location_id = p.location_id
ORDER BY p.day, l.name_key LIMIT 1
