-- One row at most is deleted: where the chain began until now.
DELETE FROM audit_start
