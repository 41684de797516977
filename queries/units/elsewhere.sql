-- One row: how many stays of somebody were at places of other units than one and those beneath it, and at how many places. Asked of the
-- store as a whole.
-- unit INTEGER, person BIGINT. first DATE, last DATE: days of the stays, both included.
SELECT CAST(COUNT(*) AS INTEGER) AS stays, CAST(COUNT(DISTINCT location_id) AS INTEGER) AS places
FROM stay
WHERE person_id = $person AND day BETWEEN $first AND $last
    AND location_id NOT IN (SELECT location_id FROM unit_place WHERE unit_id = $unit)
