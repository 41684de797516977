-- One row per stay of the people asked about at a place that touches a day, in time order.
-- Table people(person_id). location VARCHAR: its name. first_day DATE: the day before, on which such a stay may begin. day DATE.
SELECT s.person_id, s.t_in, s.t_out, s.in_seen, s.out_seen
FROM stay s
JOIN location l ON l.location_id = s.location_id
WHERE l.name = $location AND s.day BETWEEN $first_day AND $day AND s.t_out > CAST($day AS TIMESTAMP)
  AND s.person_id IN (SELECT person_id FROM people)
ORDER BY s.t_in, s.person_id
