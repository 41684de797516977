-- One row per row group of the table stay (as DuckDB stores it), as they lie: rows, their first and their last day.
SELECT rowid // 122880 AS place, CAST(COUNT(*) AS BIGINT) AS rows, MIN(day) AS first, MAX(day) AS last
FROM stay GROUP BY place ORDER BY place
