-- One row: the number of the newest change of the schema.
SELECT MAX(number) FROM migration
