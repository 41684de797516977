-- One row of unseen_batch is added: person_seen does not know of that upload. batch INTEGER.
INSERT INTO unseen_batch VALUES ($batch)
