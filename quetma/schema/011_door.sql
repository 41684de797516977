-- Locations as they are registered, their printed codes, and who passes the door live (quetma/places.py, posters.py, door.py).

-- Everything but the name is '' or NULL where nobody said. A place with by_hand stays, whatever uploads come and go.
ALTER TABLE location ADD COLUMN address VARCHAR DEFAULT '';
ALTER TABLE location ADD COLUMN district VARCHAR DEFAULT '';
ALTER TABLE location ADD COLUMN capacity INTEGER;     -- how many may be inside at once
ALTER TABLE location ADD COLUMN enclosed BOOLEAN;     -- four walls and a roof, or the open air
ALTER TABLE location ADD COLUMN managers VARCHAR[];   -- names
ALTER TABLE location ADD COLUMN latitude DOUBLE;
ALTER TABLE location ADD COLUMN longitude DOUBLE;
ALTER TABLE location ADD COLUMN closed_on DATE;       -- the first day on which nobody can check in there any more

-- Printed codes. Of a location each printing is a version of its own. Rows are added; of an old one only the end is written.
CREATE TABLE poster (
    poster_id   INTEGER PRIMARY KEY,
    location_id INTEGER NOT NULL,
    version     INTEGER NOT NULL,         -- 1, 2, … of that location
    token       VARCHAR NOT NULL UNIQUE,  -- random: nobody can guess the address of a code they have not seen
    payload     VARCHAR,                  -- what the code says, when it is the national platform's; NULL: our own address
    printed_on  DATE NOT NULL, made_at TIMESTAMP NOT NULL, made_by VARCHAR NOT NULL,
    retired_at  TIMESTAMP, retired_by VARCHAR, retired_why VARCHAR
);

-- Check-ins of one day at one place through one door, and their health declarations, are an upload each, which grows: fingerprint,
-- counts and history hold as for a file, and it can be taken back like one. door: poster | gate; NULL is a file.
ALTER TABLE batch ADD COLUMN door VARCHAR;
ALTER TABLE batch ADD COLUMN location_id INTEGER;     -- of a door
ALTER TABLE batch_undone ADD COLUMN door VARCHAR;
ALTER TABLE batch_undone ADD COLUMN location_id INTEGER;
-- What is known of a passage besides the scan of the same batch and line.
CREATE TABLE door_row (
    batch_id INTEGER NOT NULL, line INTEGER NOT NULL,
    host VARCHAR NOT NULL,                -- whom they come to see, '' for nobody in particular
    came_from VARCHAR NOT NULL, note VARCHAR NOT NULL,
    poster_id INTEGER,                    -- NULL: at the gate
    inferred BOOLEAN NOT NULL,            -- nobody saw it: the gatekeeper said afterwards that it must have been so
    entered_by VARCHAR NOT NULL
);
