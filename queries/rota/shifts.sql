-- One row per shift from the first to the last day, by day and duty: who has it.
-- first DATE, last DATE: both included.
SELECT s.day, s.duty, s.person_id, p.name FROM shift s JOIN known_person p ON p.person_id = s.person_id
WHERE s.day BETWEEN $first AND $last ORDER BY s.day, s.duty
