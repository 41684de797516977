-- One row per day, place and kind of person with a scan; place 0 is all places together. people and scans are NULL where they are about
-- fewer people than fewest INTEGER.
SELECT day, location_id AS place, kind, CASE WHEN people >= $fewest THEN people END AS people,
       CASE WHEN people >= $fewest THEN scans END AS scans
FROM flow_day ORDER BY day, place, kind
