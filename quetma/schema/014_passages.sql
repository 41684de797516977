-- The same view, asked so that the scans are read once: the two halves of the first one looked alike to the planner, which then kept
-- all scans in memory for both.
CREATE OR REPLACE VIEW passage AS
    SELECT s.* FROM scan s WHERE s.batch_id NOT IN (SELECT batch_id FROM batch WHERE source = 'register')
    UNION ALL
    SELECT s.* FROM scan s JOIN batch b ON b.batch_id = s.batch_id AND b.source = 'register'
    WHERE NOT EXISTS (
        SELECT 1 FROM scan q JOIN batch l ON l.batch_id = q.batch_id AND l.source IS DISTINCT FROM 'register'
        WHERE q.person_id = s.person_id AND q.location_id = s.location_id
          AND CAST(q.scanned_at AS DATE) = CAST(s.scanned_at AS DATE)
          AND q.scanned_at BETWEEN s.scanned_at - INTERVAL '30' MINUTE AND s.scanned_at + INTERVAL '30' MINUTE
          AND (q.direction = s.direction OR q.direction = 'unknown' OR s.direction = 'unknown')
    );
