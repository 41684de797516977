-- The store as a unit sees it (quetma/within.py): a view of the same name stands before each table and view of which a unit
-- beneath the root may not read every row, so that every query reads the unit's rows and no others, unchanged. Not part of the
-- stored schema: made in memory, for each unit that somebody looks at. UNIT: its number; UNITS: it and those beneath it;
-- PLACES: their places. tests/test_within.py: a table or view that is not here is in its list, with the reason.

-- Who belongs to the unit -----------------------------------------------------------------------------------------------------

CREATE OR REPLACE VIEW own_account AS SELECT name FROM quetma.main.account WHERE unit_id IN (UNITS);
-- On the staff list, by the newest row of each; and whoever is really one of them.
CREATE OR REPLACE VIEW own_staff AS
    WITH listed AS (SELECT person_id FROM quetma.main.staff WHERE location_id IN (PLACES))
    FROM listed UNION SELECT a.alias_id FROM quetma.main.alias a JOIN listed l ON l.person_id = a.person_id;
-- Who scanned at one of its places or was ever on its staff list, as named there, and who that really is.
CREATE OR REPLACE VIEW own_person AS
    WITH named AS (
        SELECT person_id FROM quetma.main.scan_row WHERE location_id IN (PLACES)
        UNION SELECT person_id FROM quetma.main.roster_row WHERE location_id IN (PLACES)
    )
    FROM named UNION SELECT a.person_id FROM quetma.main.alias a JOIN named n ON n.person_id = a.alias_id;
-- Of those, who may be said to be somebody else: nobody on the staff list of another unit, whose figures would change.
CREATE OR REPLACE VIEW own_named AS
    SELECT person_id FROM own_person
    WHERE person_id NOT IN (SELECT person_id FROM quetma.main.staff WHERE location_id NOT IN (PLACES));
-- Uploads by its people, through its doors, of its places, about its staff.
CREATE OR REPLACE VIEW own_batch AS
    SELECT batch_id FROM quetma.main.batch WHERE uploaded_by IN (SELECT name FROM own_account) OR location_id IN (PLACES)
    UNION SELECT batch_id FROM quetma.main.location_claim WHERE location_id IN (PLACES)
    UNION SELECT batch_id FROM quetma.main.dose_row WHERE person_id IN (SELECT person_id FROM own_staff)
    UNION SELECT batch_id FROM quetma.main.app_install_row WHERE person_id IN (SELECT person_id FROM own_staff)
    UNION SELECT batch_id FROM quetma.main.declaration_row WHERE person_id IN (SELECT person_id FROM own_staff)
    UNION SELECT batch_id FROM quetma.main.absence_row WHERE person_id IN (SELECT person_id FROM own_staff)
    UNION SELECT batch_id FROM quetma.main.exemption_row WHERE person_id IN (SELECT person_id FROM own_staff);
-- Cases of its staff, and those that its people registered.
CREATE OR REPLACE VIEW own_case AS
    SELECT case_id FROM quetma.main.registered_case WHERE person_id IN (SELECT person_id FROM own_staff)
    UNION SELECT case_id FROM quetma.main.case_entry WHERE entered_by IN (SELECT name FROM own_account);

-- Units, places, accounts -----------------------------------------------------------------------------------------------------

CREATE OR REPLACE VIEW unit AS FROM quetma.main.unit WHERE unit_id IN (UNITS);
CREATE OR REPLACE VIEW unit_beneath AS FROM quetma.main.unit_beneath WHERE unit_id IN (UNITS);
CREATE OR REPLACE VIEW unit_place AS FROM quetma.main.unit_place WHERE unit_id IN (UNITS);
CREATE OR REPLACE VIEW unit_day AS FROM quetma.main.unit_day WHERE unit_id IN (UNITS);
CREATE OR REPLACE VIEW location AS FROM quetma.main.location WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW location_alias AS FROM quetma.main.location_alias WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW location_claim AS FROM quetma.main.location_claim WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW poster AS FROM quetma.main.poster WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW account AS FROM quetma.main.account WHERE unit_id IN (UNITS);
CREATE OR REPLACE VIEW session AS FROM quetma.main.session WHERE account IN (SELECT name FROM own_account);
CREATE OR REPLACE VIEW recovery_code AS FROM quetma.main.recovery_code WHERE account IN (SELECT name FROM own_account);
CREATE OR REPLACE VIEW audit AS FROM quetma.main.audit WHERE account IN (SELECT name FROM own_account);
CREATE OR REPLACE VIEW draft_entry AS FROM quetma.main.draft_entry WHERE account IN (SELECT name FROM own_account);
CREATE OR REPLACE VIEW upkeep AS FROM quetma.main.upkeep WHERE FALSE; -- of the store as a whole

-- People ----------------------------------------------------------------------------------------------------------------------

CREATE OR REPLACE VIEW person AS FROM quetma.main.person WHERE person_id IN (SELECT person_id FROM own_person);
CREATE OR REPLACE VIEW staff_person AS
    FROM quetma.main.staff_person
    WHERE person_id IN (SELECT person_id FROM quetma.main.described WHERE location_id IN (PLACES));
CREATE OR REPLACE VIEW known_person AS
    FROM quetma.main.known_person WHERE person_id IN (SELECT person_id FROM own_person)
        OR person_id IN (SELECT person_id FROM quetma.main.registered_case WHERE case_id IN (SELECT case_id FROM own_case));
CREATE OR REPLACE VIEW former_person AS
    FROM quetma.main.former_person
    WHERE person_id IN (SELECT person_id FROM quetma.main.case_entry WHERE case_id IN (SELECT case_id FROM own_case));
CREATE OR REPLACE VIEW kept_person AS FROM quetma.main.kept_person WHERE person_id IN (SELECT person_id FROM own_person);
CREATE OR REPLACE VIEW person_claim AS
    FROM quetma.main.person_claim
    WHERE person_id IN (SELECT person_id FROM own_person) AND batch_id IN (SELECT batch_id FROM own_batch);
CREATE OR REPLACE VIEW merge AS
    FROM quetma.main.merge
    WHERE person_id IN (SELECT person_id FROM own_person) AND into_id IN (SELECT person_id FROM own_person);
CREATE OR REPLACE VIEW apart AS
    FROM quetma.main.apart
    WHERE person_id IN (SELECT person_id FROM own_person) AND other_id IN (SELECT person_id FROM own_person);
CREATE OR REPLACE VIEW subject_request AS
    FROM quetma.main.subject_request WHERE entered_by IN (SELECT name FROM own_account);
CREATE OR REPLACE VIEW subject_request_end AS
    FROM quetma.main.subject_request_end WHERE request_id IN (SELECT request_id FROM subject_request);

-- Uploads and their rows ------------------------------------------------------------------------------------------------------

-- How many rows an upload has that others loaded, is theirs to know: of theirs, not of the unit's alone.
CREATE OR REPLACE VIEW batch AS
    SELECT b.* REPLACE (
        CASE WHEN own THEN row_count END AS row_count, CASE WHEN own THEN accepted END AS accepted,
        CASE WHEN own THEN duplicates END AS duplicates, CASE WHEN own THEN rejected END AS rejected
    )
    FROM quetma.main.batch b,
        LATERAL (SELECT uploaded_by IN (SELECT name FROM own_account) OR COALESCE(location_id IN (PLACES), FALSE) AS own)
    WHERE batch_id IN (SELECT batch_id FROM own_batch);
CREATE OR REPLACE VIEW repeated AS FROM quetma.main.repeated WHERE batch_id IN (SELECT batch_id FROM own_batch);
CREATE OR REPLACE VIEW batch_undone AS
    FROM quetma.main.batch_undone WHERE uploaded_by IN (SELECT name FROM own_account) OR location_id IN (PLACES);
-- A rejected row may be about anybody: of what others uploaded it is theirs.
CREATE OR REPLACE VIEW reject AS
    FROM quetma.main.reject
    WHERE batch_id IN (SELECT batch_id FROM quetma.main.batch WHERE uploaded_by IN (SELECT name FROM own_account));
CREATE OR REPLACE VIEW mend AS
    FROM quetma.main.mend WHERE batch_id IN (SELECT batch_id FROM own_batch) AND of_batch IN (SELECT batch_id FROM own_batch);
CREATE OR REPLACE VIEW scan_row AS FROM quetma.main.scan_row WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW scan AS FROM quetma.main.scan WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW passage AS FROM quetma.main.passage WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW listed AS FROM quetma.main.listed WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW said_gone AS FROM quetma.main.said_gone WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW door_visit AS FROM quetma.main.door_visit WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW door_row AS
    FROM quetma.main.door_row WHERE batch_id IN (SELECT batch_id FROM quetma.main.batch WHERE location_id IN (PLACES));
CREATE OR REPLACE VIEW gate_undone AS FROM quetma.main.gate_undone WHERE undone_by IN (SELECT name FROM own_account);
CREATE OR REPLACE VIEW roster_row AS FROM quetma.main.roster_row WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW described AS FROM quetma.main.described WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW employment AS FROM quetma.main.employment WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW dose_row AS FROM quetma.main.dose_row WHERE person_id IN (SELECT person_id FROM own_staff);
CREATE OR REPLACE VIEW dose AS FROM quetma.main.dose WHERE person_id IN (SELECT person_id FROM own_staff);
CREATE OR REPLACE VIEW current_dose AS FROM quetma.main.current_dose WHERE person_id IN (SELECT person_id FROM own_staff);
CREATE OR REPLACE VIEW app_install_row AS
    FROM quetma.main.app_install_row WHERE person_id IN (SELECT person_id FROM own_staff);
CREATE OR REPLACE VIEW app_install AS FROM quetma.main.app_install WHERE person_id IN (SELECT person_id FROM own_staff);
-- Its staff's, wherever they said it; and what others said at its doors.
CREATE OR REPLACE VIEW declaration_row AS
    FROM quetma.main.declaration_row WHERE person_id IN (SELECT person_id FROM own_staff)
        OR batch_id IN (SELECT batch_id FROM quetma.main.batch WHERE location_id IN (PLACES));
CREATE OR REPLACE VIEW declaration AS
    FROM quetma.main.declaration WHERE person_id IN (SELECT person_id FROM own_staff)
        OR batch_id IN (SELECT batch_id FROM quetma.main.batch WHERE location_id IN (PLACES));
CREATE OR REPLACE VIEW absence_row AS FROM quetma.main.absence_row WHERE person_id IN (SELECT person_id FROM own_staff);
CREATE OR REPLACE VIEW absence AS FROM quetma.main.absence WHERE person_id IN (SELECT person_id FROM own_staff);
CREATE OR REPLACE VIEW exemption_row AS FROM quetma.main.exemption_row WHERE person_id IN (SELECT person_id FROM own_staff);
CREATE OR REPLACE VIEW exemption AS FROM quetma.main.exemption WHERE person_id IN (SELECT person_id FROM own_staff);

-- Stays and figures -----------------------------------------------------------------------------------------------------------

CREATE OR REPLACE VIEW stay AS FROM quetma.main.stay WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW flow_quarter AS
    FROM quetma.main.flow_quarter WHERE location_id IN (PLACES)
    UNION ALL
    SELECT day, quarter, 0, kind, CAST(SUM(arrivals) AS INTEGER), CAST(SUM(departures) AS INTEGER)
    FROM quetma.main.flow_quarter WHERE location_id IN (PLACES) GROUP BY day, quarter, kind;
CREATE OR REPLACE VIEW stay_day AS FROM quetma.main.stay_day WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW flow_peak AS FROM quetma.main.flow_peak WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW flow_day AS
    FROM quetma.main.flow_day WHERE location_id IN (PLACES)
    UNION ALL SELECT day, 0, kind, people, scans, arrivals FROM quetma.main.unit_day WHERE unit_id = UNIT;
CREATE OR REPLACE VIEW scan_day AS FROM quetma.main.scan_day WHERE location_id IN (PLACES);
-- When they were last seen at one of its places, by all uploads; elsewhere is nothing to it.
CREATE OR REPLACE VIEW person_seen AS
    SELECT person_id, MAX(scanned_at) AS last_seen FROM quetma.main.scan WHERE location_id IN (PLACES) GROUP BY person_id;
CREATE OR REPLACE VIEW unseen_batch AS FROM quetma.main.unseen_batch WHERE FALSE;
CREATE OR REPLACE VIEW unseen_scan AS FROM quetma.main.unseen_scan WHERE FALSE;
CREATE OR REPLACE VIEW last_seen AS FROM person_seen;
CREATE OR REPLACE VIEW duty_day AS FROM quetma.main.duty_day WHERE location_id IN (PLACES);
CREATE OR REPLACE VIEW compliance_day AS
    FROM quetma.main.compliance_day WHERE location_id IN (PLACES)
    UNION ALL
    SELECT day, duty, 0, '', CAST(SUM(have) AS INTEGER), CAST(SUM(due) AS INTEGER)
    FROM quetma.main.compliance_day WHERE location_id IN (PLACES) GROUP BY day, duty;
CREATE OR REPLACE VIEW staff_day AS
    SELECT f.* FROM quetma.main.staff_day f SEMI JOIN quetma.main.duty_day u
    ON u.day = f.day AND u.person_id = f.person_id AND u.location_id IN (PLACES);

-- Cases, contacts, receipts ---------------------------------------------------------------------------------------------------

CREATE OR REPLACE VIEW case_entry AS FROM quetma.main.case_entry WHERE case_id IN (SELECT case_id FROM own_case);
CREATE OR REPLACE VIEW registered_case AS FROM quetma.main.registered_case WHERE case_id IN (SELECT case_id FROM own_case);
CREATE OR REPLACE VIEW step_entry AS FROM quetma.main.step_entry WHERE case_id IN (SELECT case_id FROM own_case);
-- A contact that somebody of a unit above listed may have been met at another unit's place: only those who are known here.
CREATE OR REPLACE VIEW contact_entry AS
    FROM quetma.main.contact_entry
    WHERE case_id IN (SELECT case_id FROM own_case) AND person_id IN (SELECT person_id FROM own_person);
CREATE OR REPLACE VIEW contact AS
    FROM quetma.main.contact
    WHERE case_id IN (SELECT case_id FROM own_case) AND person_id IN (SELECT person_id FROM own_person);
-- Contacts, as named at the time and as they are called by now.
CREATE OR REPLACE VIEW own_contact AS
    WITH listed AS (SELECT person_id FROM contact)
    FROM listed UNION SELECT a.alias_id FROM quetma.main.alias a JOIN listed l ON l.person_id = a.person_id;
CREATE OR REPLACE VIEW follow_up_entry AS
    FROM quetma.main.follow_up_entry
    WHERE person_id IN (SELECT person_id FROM own_contact) AND (case_id IS NULL OR case_id IN (SELECT case_id FROM own_case));
CREATE OR REPLACE VIEW follow_up AS
    FROM quetma.main.follow_up
    WHERE person_id IN (SELECT person_id FROM own_contact) AND (case_id IS NULL OR case_id IN (SELECT case_id FROM own_case));
CREATE OR REPLACE VIEW receipt AS FROM quetma.main.receipt WHERE saved_by IN (SELECT name FROM own_account);
CREATE OR REPLACE VIEW drill AS FROM quetma.main.drill WHERE started_by IN (SELECT name FROM own_account);
CREATE OR REPLACE VIEW drill_contact AS FROM quetma.main.drill_contact WHERE drill_id IN (SELECT drill_id FROM drill);

-- Staff: decisions, addresses, badges, rota -----------------------------------------------------------------------------------

CREATE OR REPLACE VIEW conduct_entry AS
    FROM quetma.main.conduct_entry WHERE person_id IN (SELECT person_id FROM own_staff);
CREATE OR REPLACE VIEW conduct AS FROM quetma.main.conduct WHERE person_id IN (SELECT person_id FROM own_staff);
CREATE OR REPLACE VIEW notice_entry AS
    FROM quetma.main.notice_entry WHERE of_entry IN (SELECT entry_id FROM conduct_entry);
CREATE OR REPLACE VIEW notice AS FROM quetma.main.notice WHERE of_entry IN (SELECT entry_id FROM conduct_entry);
CREATE OR REPLACE VIEW address_entry AS
    FROM quetma.main.address_entry WHERE person_id IN (SELECT person_id FROM own_staff);
CREATE OR REPLACE VIEW address AS FROM quetma.main.address WHERE person_id IN (SELECT person_id FROM own_staff);
CREATE OR REPLACE VIEW badge AS FROM quetma.main.badge WHERE person_id IN (SELECT person_id FROM own_staff);
CREATE OR REPLACE VIEW badge_held AS FROM quetma.main.badge_held WHERE person_id IN (SELECT person_id FROM own_staff);
CREATE OR REPLACE VIEW shift_entry AS FROM quetma.main.shift_entry WHERE person_id IN (SELECT person_id FROM own_staff);
CREATE OR REPLACE VIEW shift AS FROM quetma.main.shift WHERE person_id IN (SELECT person_id FROM own_staff);

-- Documents and requests ------------------------------------------------------------------------------------------------------

CREATE OR REPLACE VIEW document AS FROM quetma.main.document WHERE made_by IN (SELECT name FROM own_account);
CREATE OR REPLACE VIEW archived AS FROM quetma.main.archived WHERE made_by IN (SELECT name FROM own_account);
CREATE OR REPLACE VIEW document_removed AS
    FROM quetma.main.document_removed WHERE document_id IN (SELECT document_id FROM document);
CREATE OR REPLACE VIEW regular_document AS
    FROM quetma.main.regular_document WHERE document_id IN (SELECT document_id FROM document);
CREATE OR REPLACE VIEW regular_recipient AS FROM quetma.main.regular_recipient WHERE FALSE; -- what is made by itself is the root's
CREATE OR REPLACE VIEW regular_try AS FROM quetma.main.regular_try WHERE FALSE;
CREATE OR REPLACE VIEW inquiry AS FROM quetma.main.inquiry WHERE entered_by IN (SELECT name FROM own_account);
CREATE OR REPLACE VIEW inquiry_end AS
    FROM quetma.main.inquiry_end WHERE inquiry_id IN (SELECT inquiry_id FROM inquiry);
CREATE OR REPLACE VIEW inquiry_document AS
    FROM quetma.main.inquiry_document WHERE inquiry_id IN (SELECT inquiry_id FROM inquiry);
