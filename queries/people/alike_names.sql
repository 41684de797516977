-- One row per name of staff and another name that may be the same words in another order or a part of the words or of their beginnings
-- (quetma.likely.compare says which are): name_key, other_key.
-- Tables staff_name(name_key), name(name_key): folded names.
WITH split AS (
    SELECT name_key, words, words[-1] AS last, ARRAY_TO_STRING(LIST_SORT(words), ' ') AS sorted, LEN(words) AS n, bare,
           bare[1] AS first, ARRAY_TO_STRING(bare, '%') || '%' AS with_gaps, ARRAY_TO_STRING(bare, '% ') || '%' AS beginnings,
           ARRAY_TO_STRING(LIST_TRANSFORM(bare, lambda word: LEFT(word, 1)), ' ') AS letters
    FROM (
        SELECT name_key, words, LIST_TRANSFORM(words, lambda word: RTRIM(word, '.')) AS bare
        FROM (SELECT name_key, STRING_SPLIT(name_key, ' ') AS words FROM name)
    )
),
staff AS (SELECT s.* FROM split s SEMI JOIN staff_name n ON n.name_key = s.name_key)
SELECT a.name_key, b.name_key AS other_key FROM staff a JOIN split b ON b.sorted = a.sorted AND b.name_key <> a.name_key
UNION
SELECT a.name_key, b.name_key FROM staff a JOIN split b ON b.first = a.first AND b.last = a.last
WHERE a.n < b.n AND b.name_key LIKE a.with_gaps OR a.n > b.n AND a.name_key LIKE b.with_gaps
UNION
SELECT a.name_key, b.name_key FROM staff a JOIN split b ON b.letters = a.letters AND b.last = a.last AND b.name_key <> a.name_key
WHERE b.name_key LIKE a.beginnings OR a.name_key LIKE b.beginnings
