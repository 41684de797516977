-- One row per person who shared a place with an infector, and set of limits under which that counts: when first. As in tracing/step, but the same
-- question with many limits at once. cells is a set of limits, a bit each.
-- Table infector(person_id, since, until, cells): who may infect from when until when, under which limits. Table known(person_id): who is left out.
-- Table band(least, most, cells): a contact of at least `least` and less than `most` minutes is long enough under these limits.
-- linger INTEGER: minutes. first_day DATE, last_day DATE: days that can hold such a stay (for skipping the others).
WITH presence AS (
    SELECT s.location_id, GREATEST(s.t_in, i.since) AS t_in, LEAST(s.t_out, i.until) + INTERVAL '1' MINUTE * $linger AS t_out,
           BIT_OR(i.cells) AS cells
    FROM stay s JOIN infector i ON i.person_id = s.person_id
    WHERE s.day BETWEEN $first_day AND $last_day AND s.t_in < i.until AND s.t_out > i.since AND i.since < i.until
    GROUP BY s.person_id, s.location_id, GREATEST(s.t_in, i.since), LEAST(s.t_out, i.until)
),
contact AS (
    SELECT s.person_id, p.cells, GREATEST(p.t_in, s.t_in) AS began, LEAST(p.t_out, s.t_out) AS ended
    FROM presence p JOIN stay s ON s.location_id = p.location_id AND s.t_in < p.t_out AND s.t_out > p.t_in
    WHERE s.day BETWEEN $first_day AND $last_day AND s.person_id NOT IN (SELECT person_id FROM known)
)
SELECT c.person_id, c.cells & b.cells AS cells, MIN(c.began) AS exposed_at
FROM contact c JOIN band b ON c.began + INTERVAL '1' MINUTE * b.least <= c.ended AND c.began + INTERVAL '1' MINUTE * b.most > c.ended
WHERE c.began < c.ended
GROUP BY c.person_id, c.cells & b.cells
