-- One row per person who may still be there, with a stay of the day, or of the day before and into it, that nobody saw end:
-- person_id, name, phone.
-- day DATE.
SELECT person_id, name, phone_shown AS phone FROM person
WHERE person_id IN (
    SELECT person_id FROM stay
    WHERE NOT out_seen AND (day = $day OR (day = CAST($day - INTERVAL '1' DAY AS DATE) AND t_out >= CAST($day AS TIMESTAMP)))
)
