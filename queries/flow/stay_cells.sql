-- One row per (day, location, kind) with a stay whose two ends were seen, in order: people (different ones), stays, seconds (their sum).
-- first DATE, last DATE: both included.
SELECT day, location_id, kind, people, stays, seconds
FROM stay_day WHERE day BETWEEN $first AND $last
ORDER BY day, location_id, kind
