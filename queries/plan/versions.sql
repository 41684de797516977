-- One row per version of the plan, newest first, without its content.
SELECT version, saved_at, saved_by, note FROM plan_version ORDER BY version DESC
