-- One row per row group of the table person_claim (as DuckDB stores it), as they lie: rows, the least and the greatest person.
SELECT rowid // 122880 AS place, CAST(COUNT(*) AS BIGINT) AS rows, MIN(person_id) AS first, MAX(person_id) AS last
FROM person_claim GROUP BY place ORDER BY place
