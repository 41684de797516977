-- One row per (day, location, kind) with a scan, in order: people (different ones), arrivals (scans in or of unknown direction).
-- first DATE, last DATE: both included.
SELECT day, location_id, kind, people, arrivals
FROM flow_day WHERE day BETWEEN $first AND $last AND location_id > 0
ORDER BY day, location_id, kind
