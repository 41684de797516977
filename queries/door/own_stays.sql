-- One row per stay of these people that was made from a scan between these moments: the columns of table stay.
-- people BIGINT: a list. first TIMESTAMP, last TIMESTAMP: both included.
FROM stay
WHERE day BETWEEN CAST($first AS DATE) - 1 AND CAST($last AS DATE)
  AND CASE WHEN in_seen THEN t_in ELSE t_out END BETWEEN $first AND $last
  AND list_contains(CAST($people AS BIGINT[]), person_id)
