-- One row of unseen_batch is removed per upload that person_seen knows of now: all of them.
DELETE FROM unseen_batch
