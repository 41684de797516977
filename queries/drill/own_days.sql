-- One row: on how many days a person was here, and on how many of them every stay has both its scans.
-- person BIGINT, since TIMESTAMP, until TIMESTAMP. first_day DATE, last_day DATE: days that can hold such a stay.
SELECT COUNT(*) AS days, COALESCE(SUM(CASE WHEN whole THEN 1 ELSE 0 END), 0) AS days_seen FROM (
    SELECT day, BOOL_AND(in_seen AND out_seen) AS whole
    FROM stay WHERE person_id = $person AND day BETWEEN $first_day AND $last_day AND t_in < $until AND t_out > $since
    GROUP BY day
)
