-- One row per person whom no upload names any more, nor any decision, is removed.
DELETE FROM former_person
WHERE person_id NOT IN (SELECT person_id FROM merge UNION SELECT into_id FROM merge
                        UNION SELECT person_id FROM apart UNION SELECT other_id FROM apart)
