-- One row per account and action that the audit knows.
SELECT DISTINCT account, action FROM audit ORDER BY account, action
