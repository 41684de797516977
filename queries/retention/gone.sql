-- One row per number (frame identities: person_id, as_named) of somebody whom no upload names any more under any of their numbers.
SELECT DISTINCT as_named FROM identities WHERE person_id NOT IN (
    SELECT i.person_id FROM identities i JOIN person_claim c ON c.person_id = i.as_named
)
