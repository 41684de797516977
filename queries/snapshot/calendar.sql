-- One row per day between the first and the last day of data.
SELECT day, working, holiday FROM calendar ORDER BY day
