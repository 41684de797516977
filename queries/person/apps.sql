-- One row per app of somebody, by day: when it was installed.
-- person BIGINT.
SELECT app, MIN(installed_on) AS installed_on FROM app_install WHERE person_id = $person GROUP BY app ORDER BY 2, 1
