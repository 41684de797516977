-- One row per line of the audit of before that day about the gate that names one of these people (frame names: name), struck out: its
-- number. It says no name any more.
-- before DATE: the first day that is kept. struck VARCHAR: which striking out it is.
UPDATE audit SET subject = '', salt = NULL, struck = $struck
WHERE logged_at < $before AND STARTS_WITH(action, 'gate ') AND salt IS NOT NULL
  AND (subject IN (SELECT name FROM names) OR action = 'gate closed' AND EXISTS (SELECT 1 FROM names n WHERE CONTAINS(audit.subject, n.name)))
RETURNING number
