-- One row per unit, but one and those beneath it, at whose own places somebody stayed: name. By its number; asked of the store as a whole.
-- unit INTEGER, person BIGINT. since TIMESTAMP, until TIMESTAMP: of the time, the end not included.
SELECT DISTINCT u.unit_id, u.name
FROM stay s
JOIN location l ON l.location_id = s.location_id
JOIN unit u ON u.unit_id = l.unit_id OR (l.unit_id IS NULL AND u.parent IS NULL)
WHERE s.person_id = $person AND s.day BETWEEN CAST($since AS DATE) - INTERVAL '1' DAY AND CAST($until AS DATE)
    AND s.t_in < $until AND s.t_out > $since
    AND s.location_id NOT IN (SELECT location_id FROM unit_place WHERE unit_id = $unit)
ORDER BY u.unit_id
