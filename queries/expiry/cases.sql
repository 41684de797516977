-- One row per entry of a case that was closed before that day: which symptoms there were, and what was noted, is deleted. Days, contacts
-- and outcomes stay: the figures rest on them.
-- before DATE: the first day of which everything is kept.
UPDATE case_entry SET signs = '', note = ''
WHERE (signs <> '' OR note <> '') AND case_id IN (
    SELECT case_id FROM registered_case WHERE state IN ('recovered', 'ruled_out') AND entered_at < $before
) RETURNING case_id
