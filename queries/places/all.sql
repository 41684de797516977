-- One row per location, open ones first, by name; names: other names of it, as they are compared; scans: how many there are of it.
SELECT l.location_id, l.name, COALESCE(l.address, '') AS address, COALESCE(l.district, '') AS district, l.capacity, l.opens, l.closes,
       l.enclosed, l.managers, l.latitude, l.longitude, l.closed_on, a.names, COALESCE(f.scans, 0) AS scans
FROM location l
LEFT JOIN (SELECT location_id, LIST(name_key ORDER BY name_key) AS names FROM location_alias GROUP BY location_id) a
    ON a.location_id = l.location_id
LEFT JOIN (SELECT location_id, CAST(SUM(scans) AS BIGINT) AS scans FROM flow_day WHERE location_id > 0 GROUP BY location_id) f
    ON f.location_id = l.location_id
ORDER BY l.closed_on IS NOT NULL, l.name_key
