-- Who is staff, and who was on which days as what: the same rows as before, kept with the staff list (quetma/rollups.py) instead of
-- worked out by each question, of which most ask whether somebody is of the staff.
DROP VIEW employment;
DROP VIEW staff;
-- One row per person who is or was on the staff list: the newest row about them.
CREATE TABLE staff (
    batch_id INTEGER NOT NULL, person_id BIGINT NOT NULL, position VARCHAR NOT NULL, location_id INTEGER NOT NULL,
    smartphone BOOLEAN NOT NULL, started DATE, ended DATE, since DATE
);
-- One row per staff member and span of days on which they were staff and described so.
CREATE TABLE employment (
    person_id BIGINT NOT NULL, first_day DATE NOT NULL, last_day DATE NOT NULL, position VARCHAR NOT NULL,
    location_id INTEGER NOT NULL, smartphone BOOLEAN NOT NULL, batch_id INTEGER NOT NULL, line INTEGER NOT NULL
);
INSERT INTO staff SELECT * EXCLUDE (line, rank) FROM described WHERE rank = 1 ORDER BY person_id;
INSERT INTO employment
    SELECT person_id, GREATEST(since, started), LEAST(until, ended), position, location_id, smartphone, batch_id, line
    FROM (
        SELECT person_id, position, location_id, smartphone, batch_id, line,
               COALESCE(started, DATE '0001-01-01') AS started, COALESCE(ended, DATE '9999-12-31') AS ended,
               COALESCE(since, DATE '0001-01-01') AS since,
               COALESCE(CAST(MIN(COALESCE(since, DATE '0001-01-01')) OVER (
                   PARTITION BY person_id ORDER BY rank ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
               ) - INTERVAL '1' DAY AS DATE), DATE '9999-12-31') AS until
        FROM described
    ) WHERE GREATEST(since, started) <= LEAST(until, ended) ORDER BY person_id, 2;
