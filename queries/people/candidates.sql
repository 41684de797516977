-- One row per known person who may be behind a masked one, of each at most the first five: who fits name and phone, who fits one
-- of them; staff first. fits: both | phone | name. n: how many there are in all.
-- Table masked(masked_id, name_like, phone_like, name_begins, phone_begins): what is shown, as patterns of LIKE with \ before a letter
-- meant as it is, NULL where nothing is shown; and with how many letters each begins, NULL where it is fewer.
-- Table near(person_id, name_key, sort_key, phone): known people, all of whom some of it fits, and perhaps others.
-- name_letters BIGINT, phone_letters BIGINT: so many. Whoever begins otherwise need not be compared.
-- A known phone must fit where some of it is shown; nobody fits by the name alone but staff and people without a phone.
WITH known AS MATERIALIZED (
    SELECT n.*, n.person_id IN (SELECT person_id FROM staff) AS is_staff
    FROM near n WHERE n.person_id NOT IN (SELECT alias_id FROM alias)
),
by_hand AS (SELECT * FROM known WHERE is_staff OR phone IS NULL),
by_phone AS (
    SELECT m.masked_id, m.name_like, p.*
    FROM (SELECT *, LEFT(phone, $phone_letters) AS begins FROM known) p JOIN masked m ON m.phone_begins = p.begins AND p.phone LIKE m.phone_like ESCAPE '\'
    UNION ALL
    SELECT m.masked_id, m.name_like, p.*, NULL
    FROM known p JOIN masked m ON m.phone_begins IS NULL AND p.phone LIKE m.phone_like ESCAPE '\'
),
by_name AS (
    SELECT m.masked_id, m.name_like, m.phone_like, p.*
    FROM (SELECT *, LEFT(name_key, $name_letters) AS begins FROM by_hand) p JOIN masked m ON m.name_begins = p.begins
    UNION ALL
    SELECT m.masked_id, m.name_like, m.phone_like, p.*, NULL
    FROM by_hand p JOIN masked m ON m.name_begins IS NULL AND p.name_key LIKE m.name_like ESCAPE '\'
),
fitting AS (
    SELECT masked_id, person_id, sort_key, is_staff, CASE WHEN name_like IS NULL THEN 'phone' ELSE 'both' END AS fits
    FROM by_phone WHERE name_like IS NULL OR name_key LIKE name_like ESCAPE '\'
    UNION
    SELECT masked_id, person_id, sort_key, is_staff, CASE WHEN phone_like IS NULL OR phone IS NULL THEN 'name' ELSE 'both' END
    FROM by_name
    WHERE name_key LIKE name_like ESCAPE '\' AND (phone_like IS NULL OR phone IS NULL OR phone LIKE phone_like ESCAPE '\')
),
ranked AS (
    SELECT *, COUNT(*) OVER (PARTITION BY masked_id) AS n, ROW_NUMBER() OVER (
        PARTITION BY masked_id
        ORDER BY CASE fits WHEN 'both' THEN 0 WHEN 'phone' THEN 1 ELSE 2 END, is_staff DESC, sort_key, person_id
    ) AS place
    FROM fitting
)
SELECT r.masked_id, r.person_id, p.name, p.phone, CASE WHEN r.is_staff THEN 'staff' ELSE 'visitor' END AS kind, r.fits, r.n
FROM ranked r JOIN person p ON p.person_id = r.person_id
WHERE r.place <= 5
ORDER BY r.masked_id, r.place
