-- One row is changed: an upload that grows has so many rows more, all new as far as is known yet.
-- batch INTEGER, more INTEGER, sha256 VARCHAR: the fingerprint of the one before and the new rows.
UPDATE batch SET row_count = row_count + $more, accepted = accepted + $more, sha256 = $sha256 WHERE batch_id = $batch
