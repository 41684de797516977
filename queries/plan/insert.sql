-- One row is added: a new version of the plan.
-- content VARCHAR, people BIGINT[], saved_at TIMESTAMP, saved_by VARCHAR, note VARCHAR.
INSERT INTO plan_version
SELECT (SELECT COALESCE(MAX(version), 0) + 1 FROM plan_version), $content, $people, $saved_at, $saved_by, $note
RETURNING version
