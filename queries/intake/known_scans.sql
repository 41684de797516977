-- One row per scan of the file (frame facts) that the store holds already: same person, location, direction and second.
-- really is the person whom the file means. first TIMESTAMP, last TIMESTAMP: the span of the file's scans.
SELECT facts.fact
FROM facts
WHERE EXISTS (
    SELECT 1 FROM scan
    WHERE scan.scanned_at BETWEEN $first AND $last
      AND scan.person_id = facts.really AND scan.location_id = facts.location_id
      AND scan.scanned_at = facts.scanned_at AND scan.direction = facts.direction
)
