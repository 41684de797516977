-- One row per place, and per person on the staff list, of frames places(place, location_id) and people(who, really_id) who are another
-- unit's: what is place or who, number is that of the frame.
-- unit INTEGER: whose own they should be, or of a unit beneath it. today DATE: who has left is nobody's.
SELECT 'place' AS what, p.place AS number
FROM places p JOIN location l ON l.location_id = p.location_id
WHERE l.location_id NOT IN (SELECT location_id FROM unit_place WHERE unit_id = $unit)
UNION ALL
SELECT 'who', q.who
FROM people q JOIN staff s ON s.person_id = q.really_id
WHERE (s.ended IS NULL OR s.ended >= $today) AND s.location_id NOT IN (SELECT location_id FROM unit_place WHERE unit_id = $unit)
