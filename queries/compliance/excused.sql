-- One row per span of days that meets those from first to last, in which somebody is exempt from the duty for a reason of their own.
-- first DATE, last DATE: both included. duty VARCHAR.
SELECT person_id, first_day, COALESCE(last_day, $last) AS last_day
FROM exemption WHERE duty = $duty AND first_day <= $last AND (last_day IS NULL OR last_day >= $first)
