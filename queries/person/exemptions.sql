-- One row per exemption of somebody that holds, newest first. last_day: NULL is until further notice.
-- person BIGINT.
SELECT duty, reason, first_day, last_day FROM exemption WHERE person_id = $person ORDER BY first_day DESC, duty
