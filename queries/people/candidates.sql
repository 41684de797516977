-- One row per known person who may be behind a masked one, of each at most the first five: who fits name and phone, who fits one
-- of them; staff first. fits: both | phone | name. n: how many there are in all.
-- Table masked(masked_id, name_like, phone_like): what is shown, as patterns of LIKE with \ before a letter meant as it is; NULL
-- where nothing is shown. A known phone must fit where some of it is shown; nobody fits by the name alone but staff and people
-- without a phone.
WITH fitting AS (
    SELECT m.masked_id, p.person_id, p.name, p.phone, p.phone_shown, p.sort_key, s.person_id IS NOT NULL AS is_staff,
           CASE WHEN m.name_like IS NULL THEN 'phone'
                WHEN m.phone_like IS NULL OR p.phone IS NULL THEN 'name' ELSE 'both' END AS fits
    FROM masked m
    JOIN person p ON NOT p.masked
        AND (m.name_like IS NULL OR p.name_key LIKE m.name_like ESCAPE '\')
        AND (m.phone_like IS NULL OR p.phone IS NULL OR p.phone LIKE m.phone_like ESCAPE '\')
    LEFT JOIN staff s ON s.person_id = p.person_id
    WHERE p.person_id NOT IN (SELECT alias_id FROM alias)
      AND (m.phone_like IS NOT NULL AND p.phone IS NOT NULL
           OR m.name_like IS NOT NULL AND (s.person_id IS NOT NULL OR p.phone IS NULL))
),
ranked AS (
    SELECT *, COUNT(*) OVER (PARTITION BY masked_id) AS n, ROW_NUMBER() OVER (
        PARTITION BY masked_id ORDER BY CASE fits WHEN 'both' THEN 0 WHEN 'phone' THEN 1 ELSE 2 END, is_staff DESC, sort_key, person_id
    ) AS place
    FROM fitting
)
SELECT masked_id, person_id, name, phone, phone_shown, CASE WHEN is_staff THEN 'staff' ELSE 'visitor' END AS kind, fits, n
FROM ranked WHERE place <= 5
ORDER BY masked_id, place
