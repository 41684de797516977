-- One row per row of an upload that mends a rejected row of an earlier one (quetma/intake/mend.py). Both uploads are live.
CREATE TABLE mend (batch_id INTEGER NOT NULL, line INTEGER NOT NULL, of_batch INTEGER NOT NULL, of_line INTEGER NOT NULL);
