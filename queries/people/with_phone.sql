-- One row per person with exactly this phone: one or none.
-- phone VARCHAR: E.164.
SELECT person_id, name FROM person WHERE phone = $phone
