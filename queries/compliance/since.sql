-- One row per person asked about, in no order: what they did of a duty in a span of days. last: the last day they did it, kept: the last
-- day on which they owed it and had done it, missed: on how many days after that they owed it and had not.
-- Table asked(person_id). duty VARCHAR: declared or scanned. first DATE, last DATE: both included.
WITH owed AS (
    SELECT person_id, day, CASE WHEN $duty = 'declared' THEN declared ELSE scanned END AS done
    FROM duty_day WHERE day BETWEEN $first AND $last AND person_id IN (SELECT person_id FROM asked)
), held AS (
    SELECT person_id, MAX(CASE WHEN done THEN day END) AS kept FROM owed GROUP BY person_id
)
SELECT a.person_id, d.last, m.kept, COALESCE(m.missed, 0) AS missed
FROM asked a
LEFT JOIN (
    SELECT person_id, MAX(day) AS last FROM staff_day
    WHERE day BETWEEN $first AND $last AND person_id IN (SELECT person_id FROM asked)
      AND CASE WHEN $duty = 'declared' THEN declarations ELSE scans_in + scans_out END > 0
    GROUP BY person_id
) d ON d.person_id = a.person_id
LEFT JOIN (
    SELECT o.person_id, h.kept, CAST(SUM(CASE WHEN NOT o.done AND (h.kept IS NULL OR o.day > h.kept) THEN 1 ELSE 0 END) AS INTEGER) AS missed
    FROM owed o JOIN held h ON h.person_id = o.person_id GROUP BY o.person_id, h.kept
) m ON m.person_id = a.person_id
