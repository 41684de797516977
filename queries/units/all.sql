-- One row per unit: unit_id, parent (the unit above, NULL for the root), name; places, accounts: how many are its own, without those
-- of the units beneath it.
WITH root AS (SELECT unit_id FROM unit WHERE parent IS NULL)
SELECT u.unit_id, u.parent, u.name, COALESCE(l.places, 0) AS places, COALESCE(a.accounts, 0) AS accounts
FROM unit u
LEFT JOIN (SELECT COALESCE(unit_id, (FROM root)) AS unit_id, COUNT(*) AS places FROM location GROUP BY 1) l ON l.unit_id = u.unit_id
LEFT JOIN (SELECT COALESCE(unit_id, (FROM root)) AS unit_id, COUNT(*) AS accounts FROM account GROUP BY 1) a ON a.unit_id = u.unit_id
ORDER BY u.unit_id
