-- One row per day with data and staff member on that day, in no order: whether they did the duty, NULL when it was not due.
-- first DATE, last DATE: both included. duty VARCHAR.
SELECT day, person_id,
       CASE $duty WHEN 'apps' THEN apps WHEN 'vaccinated' THEN vaccinated WHEN 'declared' THEN declared WHEN 'scanned' THEN scanned END AS done
FROM duty_day WHERE day BETWEEN $first AND $last
