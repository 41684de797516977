-- One row per kind of document that was made.
SELECT kind, COUNT(*) AS documents FROM document GROUP BY kind ORDER BY kind
