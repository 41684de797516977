-- One row: the latest time that the audit speaks of; NULL when it is empty.
SELECT MAX(logged_at) FROM audit
