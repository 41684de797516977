-- Of the first, and of the last day of an absence, only half may be away. Who is away for half a day owes what the day asks.
ALTER TABLE absence_row ADD COLUMN half_first BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE absence_row ADD COLUMN half_last BOOLEAN NOT NULL DEFAULT FALSE;
CREATE OR REPLACE VIEW absence AS
    SELECT r.* EXCLUDE (counts) REPLACE (COALESCE(a.person_id, r.person_id) AS person_id)
    FROM absence_row r LEFT JOIN alias a ON a.alias_id = r.person_id WHERE r.counts;
