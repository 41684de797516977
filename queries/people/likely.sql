-- One row per pair of known people whom names, birth years and phones propose as one and of whom nobody decided that they are two,
-- strongest first, at most so many: person_id would become other_id. pairs: how many there are in all. The other columns as in
-- quetma.likely.Pair.
-- They are sought among people of one name, and near the names of staff: visitors are too many to compare with each other by nearness.
-- Tables known(person_id, name_key, spelled, phone, birth_year, roster), alike_name(name_key, other_key, likeness): of a name of staff
-- and another, both ways; apart(person_id, other_id): the lower number first; strength(likeness, phones, year, staff, few, place).
-- rare INTEGER: people of one name, up to which the name alone says something. most INTEGER.
WITH named AS MATERIALIZED (
    SELECT *, COUNT(*) OVER (PARTITION BY name_key) AS alike, roster > 0 AS staff FROM known
),
met AS (
    -- Of one name and one birth year; then those of whom one has none.
    SELECT a.person_id AS one, b.person_id AS other, NULL AS likeness
    FROM named a JOIN named b ON b.name_key = a.name_key AND b.birth_year = a.birth_year AND b.person_id > a.person_id
    UNION ALL
    SELECT a.person_id, b.person_id, NULL
    FROM (FROM named WHERE alike <= $rare) a
    JOIN (FROM named WHERE alike <= $rare) b ON b.name_key = a.name_key AND b.person_id > a.person_id
    WHERE (a.birth_year IS NULL OR b.birth_year IS NULL) AND (
        (a.alike <= 2 OR a.staff OR b.staff) AND (a.staff OR b.staff OR a.phone IS NULL OR b.phone IS NULL)
        OR damerau_levenshtein(a.phone, b.phone) = 1
    )
    UNION ALL
    -- Of a name that many have, only with staff.
    SELECT LEAST(a.person_id, b.person_id), GREATEST(a.person_id, b.person_id), NULL
    FROM (FROM named WHERE alike > $rare AND staff) a JOIN named b ON b.name_key = a.name_key AND b.person_id <> a.person_id
    WHERE (a.birth_year IS NULL OR b.birth_year IS NULL) AND NOT (b.staff AND b.person_id < a.person_id)
      AND (a.phone IS NULL OR b.phone IS NULL OR damerau_levenshtein(a.phone, b.phone) = 1)
    UNION ALL
    SELECT DISTINCT LEAST(a.person_id, b.person_id), GREATEST(a.person_id, b.person_id), n.likeness
    FROM (FROM named WHERE staff) a JOIN alike_name n ON n.name_key = a.name_key JOIN named b ON b.name_key = n.other_key
    WHERE b.birth_year = a.birth_year
       OR (a.birth_year IS NULL OR b.birth_year IS NULL) AND (a.phone IS NULL OR b.phone IS NULL)
),
told AS (
    SELECT a.person_id AS one, b.person_id AS other,
           COALESCE(m.likeness, CASE WHEN a.spelled = b.spelled THEN 'same' WHEN a.name_key IN (a.spelled, b.spelled) THEN 'toneless'
                                ELSE 'tones' END) AS likeness,
           CASE WHEN a.phone IS NULL OR b.phone IS NULL THEN 'none' WHEN damerau_levenshtein(a.phone, b.phone) = 1 THEN 'digit'
                ELSE 'differ' END AS phones,
           CASE WHEN a.birth_year = b.birth_year THEN 'same' ELSE 'unknown' END AS year,
           a.staff OR b.staff AS staff,
           CASE WHEN a.name_key = b.name_key THEN a.alike ELSE a.alike + b.alike END AS alike,
           -- Who of the two is kept: who is on the newer staff list, has a phone, a birth year, came first.
           ROW(a.roster, a.phone IS NOT NULL, a.birth_year IS NOT NULL, -a.person_id)
               < ROW(b.roster, b.phone IS NOT NULL, b.birth_year IS NOT NULL, -b.person_id) AS onward
    FROM met m JOIN named a ON a.person_id = m.one JOIN named b ON b.person_id = m.other
    ANTI JOIN apart d ON d.person_id = m.one AND d.other_id = m.other
),
found AS MATERIALIZED (
    SELECT CASE WHEN t.onward THEN t.one ELSE t.other END AS person_id, CASE WHEN t.onward THEN t.other ELSE t.one END AS other_id,
           t.likeness, t.phones, t.year, t.staff, t.alike, s.place
    FROM told t
    JOIN strength s ON s.likeness = t.likeness AND s.phones = t.phones AND s.year = t.year AND s.staff = t.staff AND s.few = (t.alike <= 2)
    -- Without a birth year names are to be the same, but for those that were written by hand.
    WHERE t.likeness = 'same' OR t.year = 'same' OR t.phones = 'none' AND t.staff
)
SELECT person_id, other_id, likeness, phones, year, staff, CAST(alike AS INTEGER) AS alike,
       CAST((SELECT COUNT(*) FROM found) AS INTEGER) AS pairs
FROM found ORDER BY place, person_id, other_id LIMIT $most
