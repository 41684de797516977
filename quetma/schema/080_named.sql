-- A scan tells also under which number its upload names the person (named_id): asked for by that, those of somebody are found without
-- asking of each scan there is whose it really is.
CREATE OR REPLACE VIEW scan AS
    SELECT r.batch_id, r.line, COALESCE(a.person_id, r.person_id) AS person_id, r.location_id, r.scanned_at, r.direction, r.purpose,
           r.person_id AS named_id
    FROM scan_row r LEFT JOIN alias a ON a.alias_id = r.person_id WHERE r.counts;
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
