-- One row per person with a scan that counts: when the newest was.
SELECT person_id, MAX(scanned_at) AS last_seen FROM scan GROUP BY person_id
