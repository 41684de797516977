-- One row per day on which a person was scanned or declared: person_id, day.
-- person BIGINT.
WITH same AS (SELECT $person AS person_id UNION SELECT alias_id FROM alias WHERE person_id = $person)
SELECT DISTINCT CAST($person AS BIGINT) AS person_id, day FROM (
    SELECT CAST(scanned_at AS DATE) AS day FROM scan_row SEMI JOIN same USING (person_id)
    UNION SELECT CAST(declared_at AS DATE) FROM declaration_row SEMI JOIN same USING (person_id)
) ORDER BY day
