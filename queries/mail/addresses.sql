-- One row per person with an e-mail address.
SELECT person_id, address, entered_at, entered_by FROM address ORDER BY person_id
