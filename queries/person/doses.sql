-- One row per dose of somebody that holds, by number.
-- person BIGINT.
SELECT number, vaccine, given_on, place AS given_at, lot, confirmed_by, batch_id, line
FROM current_dose WHERE person_id = $person ORDER BY number
