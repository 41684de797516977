-- One row per person that the text fits, at most rows: exact ones first, then staff, others, masked ones; of each those that fit
-- best first, then by given name. Who is by decision somebody else is found as that other one.
-- words VARCHAR list: folded beginnings of words of the name, all of them, in any order.
-- digits VARCHAR list: one piece of a phone in the ways it may be stored, at most four, any of them; empty is any phone, or none.
-- day DATE: the day that says who is staff. rows BIGINT.
WITH found AS (
    SELECT person_id, sort_key, masked,
        name_key = ARRAY_TO_STRING($words, ' ')
            OR COALESCE(LIST_CONTAINS(CAST($digits AS VARCHAR[]), phone), FALSE) AS exact,
        LEN(LIST_FILTER(
            CAST($words AS VARCHAR[]), lambda word: CONTAINS(' ' || name_key || ' ', ' ' || word || ' ')
        )) AS whole_words,
        LEN(LIST_FILTER(CAST($words AS VARCHAR[]), lambda word: STARTS_WITH(sort_key, word))) > 0 AS given_name
    FROM (SELECT *, CASE WHEN masked THEN identity ELSE phone END AS told FROM person)
    -- The first words and pieces one by one: a function asked of a list for each person takes ten times as long.
    WHERE (LEN(CAST($words AS VARCHAR[])) < 1 OR STARTS_WITH(name_key, CAST($words AS VARCHAR[])[1])
            OR CONTAINS(name_key, ' ' || CAST($words AS VARCHAR[])[1]))
        AND (LEN(CAST($words AS VARCHAR[])) < 2 OR STARTS_WITH(name_key, CAST($words AS VARCHAR[])[2])
            OR CONTAINS(name_key, ' ' || CAST($words AS VARCHAR[])[2]))
        AND (LEN(CAST($words AS VARCHAR[])) < 3 OR LEN(LIST_FILTER(
            CAST($words AS VARCHAR[]), lambda word: NOT CONTAINS(' ' || name_key, ' ' || word)
        )) = 0)
        AND (LEN(CAST($digits AS VARCHAR[])) = 0
            OR CONTAINS(told, CAST($digits AS VARCHAR[])[1]) OR CONTAINS(told, CAST($digits AS VARCHAR[])[2])
            OR CONTAINS(told, CAST($digits AS VARCHAR[])[3]) OR CONTAINS(told, CAST($digits AS VARCHAR[])[4]))
), really AS (
    -- What orders them is at hand but of the few who are somebody else: nobody's row is looked up before it is known who is shown.
    SELECT f.* FROM found f ANTI JOIN alias a ON a.alias_id = f.person_id
    UNION ALL
    SELECT p.person_id, p.sort_key, p.masked, f.exact, f.whole_words, f.given_name
    FROM found f JOIN alias a ON a.alias_id = f.person_id JOIN person p ON p.person_id = a.person_id
), fitting AS (
    SELECT *, person_id IN (
            SELECT person_id FROM staff
            WHERE CAST($day AS DATE)
                BETWEEN COALESCE(started, DATE '0001-01-01') AND COALESCE(ended, DATE '9999-12-31')
        ) AS is_staff
    FROM (
        SELECT person_id, ANY_VALUE(sort_key) AS sort_key, ANY_VALUE(masked) AS masked,
            MAX(exact) AS exact, MAX(whole_words) AS whole_words, MAX(given_name) AS given_name
        FROM really GROUP BY person_id
    )
    ORDER BY exact DESC, is_staff DESC, masked, whole_words DESC, given_name DESC, sort_key, person_id
    LIMIT CAST($rows AS BIGINT)
)
SELECT f.person_id, p.name, p.phone_shown AS phone, p.birth_year,
    CASE WHEN f.is_staff THEN 'staff' ELSE 'visitor' END AS kind, f.masked, f.exact, s.last_seen
FROM fitting f JOIN person p ON p.person_id = f.person_id LEFT JOIN person_seen s ON s.person_id = f.person_id
ORDER BY f.exact DESC, f.is_staff DESC, f.masked, f.whole_words DESC, f.given_name DESC, f.sort_key, f.person_id
