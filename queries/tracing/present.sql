-- One row: whether the person was anywhere between since and until TIMESTAMP, as far as the scans say.
SELECT COUNT(*) > 0 AS present FROM stay WHERE person_id = $person AND t_in < $until AND t_out > $since
