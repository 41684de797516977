-- One row per stay from that day on is removed.
-- first DATE.
DELETE FROM stay WHERE day >= $first
