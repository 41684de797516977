-- One row per day and person who is absent by an upload (leave, a trip, duty elsewhere) from the first to the last day.
-- half_first, half_last: of its first, of its last day only half.
-- first DATE, last DATE: both included.
SELECT person_id, first_day, last_day, half_first, half_last, reason FROM absence WHERE last_day >= $first AND first_day <= $last
ORDER BY first_day, person_id
