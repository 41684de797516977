-- One row per person who is or was on the staff list: the newest row about them.
SELECT * EXCLUDE (line, rank) FROM described WHERE rank = 1 ORDER BY person_id
