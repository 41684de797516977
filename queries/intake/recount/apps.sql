-- One row per app install of the temporary view considered: id, counts as it is, and stands: whether it counts. An edit does, and of
-- files what is of an earlier day than all before it of the same person and app: an earlier day corrects a later one.
SELECT id, counts,
       edit IS NOT NULL OR COALESCE(installed_on < MIN(installed_on) OVER (
           PARTITION BY person_id, app, edit IS NULL ORDER BY batch_id, line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
       ), TRUE) AS stands
FROM considered
