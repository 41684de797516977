-- One row, or none: that version of the plan; 0 is the newest.
-- version INTEGER.
SELECT version, content, saved_at, saved_by, note FROM plan_version WHERE $version IN (0, version) ORDER BY version DESC LIMIT 1
