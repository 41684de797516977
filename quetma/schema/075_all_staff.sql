-- The duties of all staff together stand beside those by premises and position, with location 0 and no position.
DELETE FROM compliance_day WHERE location_id = 0;
INSERT INTO compliance_day (day, duty, location_id, position, have, due)
    SELECT day, duty, 0, '', CAST(SUM(have) AS INTEGER), CAST(SUM(due) AS INTEGER)
    FROM compliance_day GROUP BY day, duty ORDER BY day, duty;
