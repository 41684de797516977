-- One row: where rows about these people stand. named BIGINT[]: the numbers under which uploads name them, their own too;
-- batches INTEGER[]: the uploads that do.
-- people BIGINT[]: who they are by decision.
WITH asked AS (SELECT UNNEST(CAST($people AS BIGINT[])) AS person_id),
same AS (FROM asked UNION SELECT alias_id FROM alias WHERE person_id IN (SELECT person_id FROM asked))
SELECT COALESCE((SELECT LIST(person_id ORDER BY person_id) FROM same), []) AS named,
       COALESCE((
           SELECT LIST(DISTINCT batch_id ORDER BY batch_id) FROM person_claim WHERE person_id IN (SELECT person_id FROM same)
       ), []) AS batches
