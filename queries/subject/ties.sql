-- One row: what keeps a person's data from being deleted: how many rows of each kind there are of them.
-- person BIGINT.
WITH same AS (SELECT $person AS person_id UNION SELECT alias_id FROM alias WHERE person_id = $person)
SELECT (SELECT COUNT(*) FROM roster_row SEMI JOIN same USING (person_id)) AS roster,
    (SELECT COUNT(*) FROM case_entry SEMI JOIN same USING (person_id)) AS cases,
    (SELECT COUNT(*) FROM contact_entry SEMI JOIN same USING (person_id))
        + (SELECT COUNT(*) FROM follow_up_entry SEMI JOIN same USING (person_id)) AS contacts,
    (SELECT COUNT(*) FROM inquiry i WHERE i.inquiry_id NOT IN (SELECT inquiry_id FROM inquiry_end)
        AND EXISTS (SELECT 1 FROM same s WHERE LIST_CONTAINS(i.people, s.person_id))) AS asked,
    (SELECT COUNT(*) FROM conduct_entry SEMI JOIN same USING (person_id)) AS decisions,
    (SELECT COUNT(*) FROM dose_row SEMI JOIN same USING (person_id)) + (SELECT COUNT(*) FROM app_install_row SEMI JOIN same USING (person_id))
        + (SELECT COUNT(*) FROM absence_row SEMI JOIN same USING (person_id))
        + (SELECT COUNT(*) FROM exemption_row SEMI JOIN same USING (person_id)) AS lists,
    (SELECT COUNT(*) FROM scan_row SEMI JOIN same USING (person_id))
        + (SELECT COUNT(*) FROM declaration_row SEMI JOIN same USING (person_id)) AS passages
