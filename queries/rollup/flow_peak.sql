-- One row per (day, location) with anybody there, for the days in the temporary table touched: the most people who were there at once,
-- and since when, as quetma/peaks.py found it (table peak).
SELECT day, location_id, people, reached_at FROM peak
