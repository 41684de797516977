-- One row per person who declared symptoms from first to last, newest first: their newest declaration with symptoms.
-- first DATE, last DATE: both included. names BOOLEAN: false leaves name and symptoms NULL and does not read names.
SELECT d.person_id, p.name, CASE WHEN $names THEN d.symptoms END AS symptoms, d.declared_at
FROM (
    SELECT person_id, symptoms, declared_at,
           ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY declared_at DESC, symptoms) AS place
    FROM declaration
    WHERE symptoms <> '' AND declared_at >= $first AND declared_at < $last + INTERVAL '1' DAY
) d
LEFT JOIN person p ON p.person_id = d.person_id AND $names
WHERE d.place = 1
ORDER BY d.declared_at DESC, d.person_id
