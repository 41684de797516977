-- What is done to the store itself, by the running dashboard or by hand: backups, restores, purges (quetma/upkeep.py). Rows are added,
-- never changed. failed: why it did not work, '' when it did. detail: JSON, what came of it.
CREATE TABLE upkeep (
    task VARCHAR NOT NULL, ran_at TIMESTAMP NOT NULL, ran_by VARCHAR NOT NULL, failed VARCHAR NOT NULL, detail VARCHAR NOT NULL
);
