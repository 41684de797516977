-- One row per person whom an upload that is gone, no staff list, may have shown otherwise than now: whom no earlier one calls just so,
-- or who is or has been taken for somebody else. Of everybody else an earlier upload says it already.
-- Table claimed(person_id): whom the upload named. batch INTEGER: its number.
WITH earlier AS (
    SELECT c.person_id, c.name, c.birth_year FROM person_claim c
    WHERE c.batch_id < $batch AND c.batch_id NOT IN (SELECT batch_id FROM repeated)
      AND c.person_id IN (SELECT person_id FROM claimed)
)
SELECT p.person_id
FROM person p JOIN claimed d ON d.person_id = p.person_id
ANTI JOIN earlier e ON e.person_id = p.person_id AND e.name = p.name
UNION
SELECT p.person_id
FROM person p JOIN claimed d ON d.person_id = p.person_id
ANTI JOIN earlier e ON e.person_id = p.person_id AND e.birth_year = p.birth_year
WHERE p.birth_year IS NOT NULL
UNION
SELECT person_id FROM claimed WHERE person_id IN (SELECT alias_id FROM alias UNION SELECT person_id FROM alias)
