-- One row per stay that began on the day, by place and minute. Temporary table pseudonym: person_id, person. day DATE.
SELECT p.person, y.location_id AS place, DATE_TRUNC('minute', y.t_in) AS t_in, DATE_TRUNC('minute', y.t_out) AS t_out,
       y.in_seen, y.out_seen
FROM stay y JOIN pseudonym p ON p.person_id = y.person_id
WHERE y.day = $day
ORDER BY place, t_in, t_out, person
