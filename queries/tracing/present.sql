-- One row: whether the person was anywhere between since and until, as far as the scans say.
-- person BIGINT, since TIMESTAMP, until TIMESTAMP. first_day DATE, last_day DATE: days that can hold such a stay.
SELECT COUNT(*) > 0 AS present
FROM stay
WHERE person_id = $person AND day BETWEEN $first_day AND $last_day AND t_in < $until AND t_out > $since
