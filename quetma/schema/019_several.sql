-- A request may be about several people and places: who and where are lists, [] for any.
ALTER TABLE inquiry RENAME TO inquiry_before;
CREATE TABLE inquiry (
    inquiry_id INTEGER PRIMARY KEY,       -- never given again
    requester VARCHAR NOT NULL,
    document VARCHAR NOT NULL,            -- the number of the letter it came with, '' for none
    dated DATE,                           -- the day on that letter
    purpose VARCHAR NOT NULL,
    received_on DATE NOT NULL, due_on DATE NOT NULL,
    first_day DATE NOT NULL, last_day DATE NOT NULL, -- which scans
    locations INTEGER[] NOT NULL, people BIGINT[] NOT NULL,
    kind VARCHAR, direction VARCHAR,      -- NULL is any
    about VARCHAR NOT NULL,               -- the same in words
    entered_at TIMESTAMP NOT NULL, entered_by VARCHAR NOT NULL
);
INSERT INTO inquiry
SELECT inquiry_id, requester, document, dated, purpose, received_on, due_on, first_day, last_day,
    CASE WHEN location_id IS NULL THEN [] ELSE [location_id] END, CASE WHEN person_id IS NULL THEN [] ELSE [person_id] END,
    kind, direction, about, entered_at, entered_by
FROM inquiry_before;
DROP TABLE inquiry_before;

-- Whom an open request is about stays known as well.
CREATE OR REPLACE VIEW kept_person AS
    SELECT person_id FROM merge UNION SELECT into_id FROM merge UNION SELECT person_id FROM apart UNION SELECT other_id FROM apart
    UNION SELECT person_id FROM case_entry UNION SELECT person_id FROM contact_entry UNION SELECT person_id FROM follow_up_entry
    UNION SELECT UNNEST(people) FROM plan_version UNION SELECT person_id FROM conduct_entry
    UNION SELECT person_id FROM address_entry UNION SELECT person_id FROM shift_entry WHERE person_id IS NOT NULL
    UNION SELECT person_id FROM badge
    UNION SELECT UNNEST(people) FROM inquiry WHERE inquiry_id NOT IN (SELECT inquiry_id FROM inquiry_end);
