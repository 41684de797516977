-- What presence is made of (stays, flow): every scan that counts, but no row of a door register that repeats what the QR log says: the
-- same person, place, day and direction (or one of them unknown) at most 30 minutes apart. A register is written by the minute, and
-- when there is time for it; taken for a second arrival it would double the flow, and open stays that nobody ends.
CREATE VIEW passage AS
    SELECT s.* FROM scan s WHERE s.batch_id NOT IN (SELECT batch_id FROM batch WHERE source = 'register')
    UNION ALL
    SELECT s.* FROM scan s JOIN batch b ON b.batch_id = s.batch_id AND b.source = 'register'
    WHERE NOT EXISTS (
        SELECT 1 FROM scan q
        WHERE q.person_id = s.person_id AND q.location_id = s.location_id
          AND CAST(q.scanned_at AS DATE) = CAST(s.scanned_at AS DATE)
          AND q.batch_id NOT IN (SELECT batch_id FROM batch WHERE source = 'register')
          AND q.scanned_at BETWEEN s.scanned_at - INTERVAL '30' MINUTE AND s.scanned_at + INTERVAL '30' MINUTE
          AND (q.direction = s.direction OR q.direction = 'unknown' OR s.direction = 'unknown')
    );
