-- One row is added: a drill that begins.
-- drill_id INTEGER, started_at TIMESTAMP, started_by VARCHAR, person_id BIGINT, staff BOOLEAN, onset DATE, seconds DOUBLE, contacts INTEGER,
-- contacts_seen INTEGER, own_days INTEGER, own_days_seen INTEGER, unscanned INTEGER.
INSERT INTO drill VALUES (
    $drill_id, $started_at, $started_by, $person_id, $staff, $onset, $seconds, $contacts, $contacts_seen, $own_days, $own_days_seen,
    $unscanned, NULL, NULL
)
