-- One row per day and staff member with a scan on it, in no order: whether there is one in and one out.
-- first DATE, last DATE: both included.
SELECT day, person_id, scans_in > 0 AND scans_out > 0 AS paired
FROM staff_day WHERE day BETWEEN $first AND $last AND scans_in + scans_out > 0
