-- One row per person who shared a place with an infector, the next step of the chain: when first, and how sure that is: 2 seen, 1 inferred,
-- 0 possible. A contact is no surer than its infector; a person is reached as surely as by their surest contact.
-- Table infector(person_id, since, until, sure): who may infect, from when and until when, and how sure that is.
-- Those who are in the chain already are among them. min_minutes INTEGER, linger INTEGER: minutes.
-- first_day DATE, last_day DATE: days that can hold such a stay (for skipping the others).
WITH presence AS (
    -- where an infector was while infectious, and the minutes the air of the place stays so
    SELECT s.location_id, GREATEST(s.t_in, i.since) AS t_in, LEAST(s.t_out, i.until) + INTERVAL '1' MINUTE * $linger AS t_out,
           LEAST(i.sure, CASE WHEN s.in_seen AND s.out_seen THEN 2 ELSE 1 END) AS sure
    FROM stay s JOIN infector i ON i.person_id = s.person_id
    WHERE s.day BETWEEN $first_day AND $last_day AND s.t_in < i.until AND s.t_out > i.since AND i.since < i.until
),
contact AS (
    SELECT s.person_id, GREATEST(p.t_in, s.t_in) AS began, LEAST(p.t_out, s.t_out) AS ended,
           LEAST(p.sure, CASE WHEN s.in_seen AND s.out_seen THEN 2 ELSE 1 END) AS sure
    FROM presence p JOIN stay s ON s.location_id = p.location_id AND s.t_in < p.t_out AND s.t_out > p.t_in
    WHERE s.day BETWEEN $first_day AND $last_day
)
SELECT person_id, MIN(began) AS exposed_at, MAX(sure) AS sure
FROM contact
WHERE began < ended AND began + INTERVAL '1' MINUTE * $min_minutes <= ended
GROUP BY person_id
