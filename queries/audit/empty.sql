-- One row is deleted per line: those of before there was a chain are written again, sealed.
DELETE FROM audit
