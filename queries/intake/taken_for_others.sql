-- One row per person who is or has been taken for somebody else: person_id.
SELECT alias_id AS person_id FROM alias UNION SELECT person_id FROM alias
