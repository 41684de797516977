-- Units: a tree, nation → province → team (quetma/units.py). A store without rows here is of one unit, and says nothing of units.
-- What belongs to a unit follows from its places and accounts (quetma/schema/within.sql).

CREATE TABLE unit (
    unit_id INTEGER PRIMARY KEY,
    parent  INTEGER,                      -- the unit above; NULL: the root, of which there is one
    name    VARCHAR NOT NULL
);
ALTER TABLE location ADD COLUMN unit_id INTEGER;     -- whose place it is; NULL: the root's
ALTER TABLE account ADD COLUMN unit_id INTEGER;      -- of which unit's people; NULL: of the root's, who see everything

-- One row per unit and unit at or beneath it.
CREATE VIEW unit_beneath AS
    WITH RECURSIVE beneath(unit_id, beneath_id) AS (
        SELECT unit_id, unit_id FROM unit
        UNION SELECT u.parent, b.beneath_id FROM beneath b JOIN unit u ON u.unit_id = b.unit_id WHERE u.parent IS NOT NULL
    )
    SELECT unit_id, beneath_id FROM beneath;
-- One row per unit beneath the root and place of it or of units beneath it.
CREATE VIEW unit_place AS
    SELECT b.unit_id, l.location_id
    FROM unit_beneath b JOIN unit u ON u.unit_id = b.unit_id AND u.parent IS NOT NULL JOIN location l ON l.unit_id = b.beneath_id;

-- As flow_day for location 0, but of a unit beneath the root: different people at all its places, which no sum over places tells.
-- One row per (day, unit, kind).
CREATE TABLE unit_day (
    day DATE NOT NULL, unit_id INTEGER NOT NULL, kind VARCHAR NOT NULL, people INTEGER NOT NULL, scans INTEGER NOT NULL
);
