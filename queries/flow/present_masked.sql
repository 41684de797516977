-- One row per person who may still be there, as in flow/present, called as the national platform shows people to a location manager:
-- `Nguyễn Văn ***`, `0912345***`. Columns: person_id, name, phone.
-- day DATE.
SELECT person_id,
       CASE WHEN masked THEN name ELSE REGEXP_REPLACE(name, '[^ ]+ *$', '***') END AS name,
       CASE WHEN masked OR phone_shown = '' THEN phone_shown
            ELSE CONCAT(SUBSTR(phone_shown, 1, LENGTH(phone_shown) - 3), '***') END AS phone
FROM person
WHERE person_id IN (
    SELECT person_id FROM stay
    WHERE NOT out_seen AND (day = $day OR (day = CAST($day - INTERVAL '1' DAY AS DATE) AND t_out >= CAST($day AS TIMESTAMP)))
)
