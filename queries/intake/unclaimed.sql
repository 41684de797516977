-- One row per row of the table claimed(person_id) whose person none of some uploads names: person_id.
-- since INTEGER, until INTEGER: the uploads from the one to before the other.
SELECT d.person_id
FROM claimed d
ANTI JOIN (SELECT person_id FROM person_claim WHERE batch_id >= $since AND batch_id < $until) c ON c.person_id = d.person_id
