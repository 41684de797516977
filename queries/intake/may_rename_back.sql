-- One row per person in the table claimed(person_id), but for those who are gone, whom none of some uploads calls just as they are
-- shown: person_id.
-- since INTEGER, until INTEGER: the uploads from the one to before the other.
SELECT p.person_id
FROM person p JOIN claimed d ON d.person_id = p.person_id
ANTI JOIN (
    SELECT person_id, name, birth_year FROM person_claim
    WHERE batch_id >= $since AND batch_id < $until AND batch_id NOT IN (SELECT batch_id FROM repeated)
) c ON c.person_id = p.person_id AND c.name = p.name AND (p.birth_year IS NULL OR c.birth_year = p.birth_year)
