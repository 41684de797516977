-- One row per thing that an upload says of somebody, newest first, with where it stands: kind, at; what, detail, more: by kind (see
-- quetma/dossier.py); counts: false is a repetition; batch_id, line, file_name.
-- named BIGINT[], batches INTEGER[]: where rows about them stand (people/uploads). first DATE, last DATE: both included; of things with days, the day they begin; without one, always.
WITH same AS (SELECT UNNEST(CAST($named AS BIGINT[])) AS person_id),
told AS (
    SELECT 'scans' AS kind, scanned_at AS at, direction AS what, location.name AS detail, purpose AS more, counts, batch_id, line
    FROM scan_row JOIN location USING (location_id)
    WHERE LIST_CONTAINS($named, person_id) AND LIST_CONTAINS($batches, batch_id) AND scanned_at >= $first AND scanned_at < $last + INTERVAL '1' DAY
    UNION ALL
    SELECT 'declarations', declared_at, edit, symptoms, NULL, counts, batch_id, line FROM declaration_row JOIN same USING (person_id)
    UNION ALL
    SELECT 'doses', given_on, edit, number || COALESCE(' ' || vaccine, ''), confirmed_by, counts, batch_id, line
    FROM dose_row JOIN same USING (person_id)
    UNION ALL
    SELECT 'apps', installed_on, edit, app, NULL, counts, batch_id, line FROM app_install_row JOIN same USING (person_id)
    UNION ALL
    SELECT 'absences', first_day, NULL, reason, CAST(last_day AS VARCHAR), counts, batch_id, line
    FROM absence_row JOIN same USING (person_id)
    UNION ALL
    SELECT 'exemptions', first_day, edit, duty, reason, counts, batch_id, line FROM exemption_row JOIN same USING (person_id)
    UNION ALL
    SELECT 'roster', COALESCE(since, started), edit, position, location.name, counts, batch_id, line
    FROM roster_row JOIN same USING (person_id) JOIN location USING (location_id)
)
SELECT t.kind, t.at, t.what, t.detail, t.more, t.counts, t.batch_id, t.line, b.file_name
FROM told t JOIN batch b ON b.batch_id = t.batch_id
WHERE t.at IS NULL OR (t.at >= $first AND t.at < $last + INTERVAL '1' DAY)
ORDER BY t.at DESC NULLS LAST, t.batch_id DESC, t.line DESC
