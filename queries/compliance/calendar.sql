-- One row per day from the first to the last day of data, oldest first.
SELECT day, working, holiday FROM calendar ORDER BY day
