-- One row per app install of the temporary view considered: id, counts as it is, and stands: whether it counts. One does that is
-- of an earlier day than all before it of the same person and app: an earlier day corrects a later one.
SELECT id, counts,
       COALESCE(installed_on < MIN(installed_on) OVER (
           PARTITION BY person_id, app ORDER BY batch_id, line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
       ), TRUE) AS stands
FROM considered
