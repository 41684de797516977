-- One row per day of these that the calendar has.
-- days DATE: a list.
SELECT day FROM calendar WHERE list_contains(CAST($days AS DATE[]), day)
