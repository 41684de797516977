-- One row is added per F1 of a drill, nobody reached yet.
-- Table contact(drill_id, person_id, minutes, phone).
INSERT INTO drill_contact SELECT drill_id, person_id, minutes, phone, NULL FROM contact
