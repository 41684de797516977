-- One row per unit: unit_id, parent (the unit above, NULL for the root), name; places, accounts: how many are its own, without those
-- of the units beneath it.
SELECT u.unit_id, u.parent, u.name, COALESCE(l.places, 0) AS places, COALESCE(a.accounts, 0) AS accounts
FROM unit u
LEFT JOIN (SELECT unit_id, COUNT(*) AS places FROM location GROUP BY unit_id) l ON l.unit_id = u.unit_id
LEFT JOIN (SELECT unit_id, COUNT(*) AS accounts FROM account GROUP BY unit_id) a ON a.unit_id = u.unit_id
ORDER BY u.unit_id
