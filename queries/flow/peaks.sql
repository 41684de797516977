-- One row per (day, location) with anybody there, in order: the most people who were there at once, and since when.
-- first DATE, last DATE: both included. locations INTEGER[]: [] is every location.
SELECT p.day, p.location_id, l.name AS location, p.people, p.reached_at
FROM flow_peak p JOIN location l ON l.location_id = p.location_id
WHERE p.day BETWEEN $first AND $last AND (CARDINALITY($locations) = 0 OR ARRAY_CONTAINS($locations, p.location_id))
ORDER BY p.day, l.name_key
