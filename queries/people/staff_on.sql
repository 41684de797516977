-- One row per person who is on the staff list on the day, by number: person_id.
-- day DATE: NULL is any day.
SELECT DISTINCT person_id FROM staff
WHERE CAST($day AS DATE) IS NULL
   OR CAST($day AS DATE) BETWEEN COALESCE(started, DATE '0001-01-01') AND COALESCE(ended, DATE '9999-12-31')
ORDER BY person_id
