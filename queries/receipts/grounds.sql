-- One row per thing that an answer about these days rests on besides its question: an upload with rows that count
-- and could matter, a decision about who is who, the opening hours of a place, a setting.
-- what: scans | roster | absences | merge | apart | hours | setting. thing: its number or name. label: how it is called. value: what it
-- was; differs when the thing has changed. since, done_by: when it came to be and by whom, NULL where nobody wrote it down.
-- first_day DATE, last_day DATE: days of stays that can matter.
SELECT kind AS what, CAST(batch_id AS VARCHAR) AS thing, file_name AS label,
       RTRIM(sha256 || ' ' || sheet) || CASE WHEN source = 'register' THEN ' (register)' ELSE '' END AS value, uploaded_at AS since, uploaded_by AS done_by
FROM batch
WHERE accepted IS DISTINCT FROM 0 AND ( -- NULL: another unit's upload, of which rows are this one's
    kind = 'roster' OR kind IN ('scans', 'absences')
    AND COALESCE(first_day, $first_day) <= CAST($last_day AS DATE) + 1 AND COALESCE(last_day, $last_day) >= $first_day
)
UNION ALL
SELECT 'merge', CAST(m.person_id AS VARCHAR), RTRIM(p.name || ' ' || p.phone_shown), RTRIM(o.name || ' ' || o.phone_shown), m.decided_at, m.decided_by
FROM merge m JOIN person p ON p.person_id = m.person_id JOIN person o ON o.person_id = m.into_id
UNION ALL
SELECT 'apart', a.person_id || '/' || a.other_id, RTRIM(p.name || ' ' || p.phone_shown), RTRIM(o.name || ' ' || o.phone_shown), a.decided_at, a.decided_by
FROM apart a JOIN person p ON p.person_id = a.person_id JOIN person o ON o.person_id = a.other_id
UNION ALL
SELECT 'hours', CAST(location_id AS VARCHAR), name, COALESCE(LEFT(CAST(opens AS VARCHAR), 5), '') || '–' || COALESCE(LEFT(CAST(closes AS VARCHAR), 5), ''), NULL, NULL
FROM location WHERE opens IS NOT NULL OR closes IS NOT NULL
UNION ALL
SELECT 'setting', key, key, value, NULL, NULL FROM setting WHERE key = 'assumed_minutes'
ORDER BY what, thing
