-- One row per upload of which a rejected row may still come back mended, the newest first: what quetma/intake/mend.py says of one.
SELECT batch_id, file_name, sheet, kind, origin, source
FROM batch WHERE rejected > 0
ORDER BY batch_id DESC LIMIT 500
