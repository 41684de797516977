-- One row: the store answers, and its file can be read.
SELECT COUNT(*) FROM migration
