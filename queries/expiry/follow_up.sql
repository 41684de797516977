-- One row per entry about a contact of before that day whose cases are all closed since before that day: what was noted is deleted.
-- Outcomes, and the answers that a verdict rests on, stay.
-- before DATE: the first day of which everything is kept.
UPDATE follow_up_entry SET detail = ''
WHERE detail <> '' AND kind <> 'questionnaire' AND entered_at < $before AND person_id NOT IN (
    SELECT c.person_id FROM contact_entry c JOIN registered_case k ON k.case_id = c.case_id
    WHERE k.state NOT IN ('recovered', 'ruled_out') OR k.entered_at >= $before
) RETURNING entry_id
