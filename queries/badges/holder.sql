-- One row, or none: whose badge has these digits, and since when it is revoked.
-- token VARCHAR.
SELECT b.person_id, p.name, b.revoked_at FROM badge_held b JOIN known_person p ON p.person_id = b.person_id WHERE b.token = $token
