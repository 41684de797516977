-- One row, or none: the request has ended.
-- inquiry_id INTEGER.
SELECT inquiry_id FROM inquiry_end WHERE inquiry_id = $inquiry_id
