-- One row per location, not registered by hand, that is shown otherwise than the first live upload calls it: location_id, name.
SELECT l.location_id, t.name
FROM location l
JOIN (
    SELECT location_id, ARG_MIN(name, batch_id) AS name FROM location_claim WHERE name IS NOT NULL GROUP BY location_id
) t ON t.location_id = l.location_id
WHERE NOT l.by_hand AND l.name <> t.name
