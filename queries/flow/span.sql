-- One row: the first and the last day with data, NULL in an empty store.
SELECT MIN(day) AS first_day, MAX(day) AS last_day FROM calendar
